import type { Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import {
  fallenFences,
  faultKinds,
  plantedBug,
  type SimulationEnd,
  type SimulationOptions,
  type SimulationReport,
  simulate,
} from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { createLocks } from '../src/index.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 5000 : 160;

/** A holder that looked, was told that it holds, and did not: a later fence had been granted before. */
function deceived({ events }: Pick<SimulationEnd<unknown>, 'events'>): string[] {
  let newest = 0n;
  const found: string[] = [];
  for (const { type, process, fence, atMs } of events) {
    if (type === 'granted' && (fence as bigint) > newest) newest = fence as bigint;
    if (type === 'used' && (fence as bigint) < newest)
      found.push(`${process} used the lock at ${atMs} ms by fence ${fence}, and ${newest} had been granted`);
  }
  return found;
}

function run(
  options: Pick<SimulationOptions, 'seeds' | 'faults'>,
  dress: (driver: Driver) => Driver = (driver) => driver,
): Promise<SimulationReport> {
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    processes: 3,
    shrinkRuns: 100,
    ...options,
    async scenario({ name, life, driver, clock, pick, record }) {
      const locks = createLocks(dress(driver), { ttl: 400, waitMs: 5000, deadlineMs: 1500 });
      for (let turn = 0; turn < 2; turn++) {
        const outcome = await locks.acquire('resource');
        if (!outcome.ok) {
          record(outcome.reason);
          continue;
        }
        const { lock } = outcome;
        record('granted', { resource: 'resource', holder: `${name}/${life}/${turn}`, fence: lock.fence });
        for (let look = 0; look < 3; look++) {
          if (lock.held) record('used', { fence: lock.fence });
          await clock.sleep(pick([0, 20, 300]));
        }
        await lock.release();
      }
      await locks.close();
    },
    check: (end) => [...deceived(end), ...fallenFences(end.events)],
  });
}

describe('a mutex in every order and under every fault', () => {
  it('without faults everybody gets it, one after another', async () => {
    const { events } = await run({ seeds: seeds / 4 });
    expect(events.granted).toBe((seeds / 4) * 6);
  }, 600_000);

  it('whoever looks is never told that it holds what another was granted; fences rise; nobody is stuck', async () => {
    const { events, faults } = await run({ seeds, faults: { kinds: faultKinds, longestMs: 5000 } });
    expect(events.granted).toBeGreaterThan(seeds * 3);
    for (const kind of faultKinds) expect(faults[kind], kind).toBeGreaterThan(seeds / 20);
  }, 600_000);

  it('notices a release that does not compare the token', async () => {
    const rewrite = plantedBug({
      script: 'locks/mutex-leave',
      right: 'state.token == token and state.till > 0',
      wrong: 'state.till > 0',
    });
    const buggy = run({ seeds: 2000, faults: { kinds: faultKinds, longestMs: 5000 } }, (driver) => ({
      ...driver,
      send: (command, call) => driver.send(rewrite(command), call),
    }));
    await expect(buggy).rejects.toThrow(/had been granted/);
  });
});
