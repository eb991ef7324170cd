import type { Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { faultKinds, type SimulationReport, simulate } from '@penknife/testing';
import { expect, it } from 'vitest';
import { shopSessions, tokenOf } from './sample.js';
import { withBug } from './schedule/planted-bug.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 5000 : 100;

function run(
  many: number,
  dress: (driver: Driver) => Driver = (driver) => driver,
): Promise<SimulationReport> {
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds: many,
    processes: 3,
    shrinkRuns: 100,
    faults: faultKinds,
    async setup({ driver }) {
      const session = shopSessions(driver).start();
      await session.login('ann');
      return { token: tokenOf(session), ended: false };
    },
    async scenario({ name, life, driver, clock, pick, record }, shared) {
      const sessions = shopSessions(dress(driver));
      for (let turn = 0; turn < 2; turn++) {
        const wasEnded = shared.ended;
        const found = await sessions.load(shared.token);
        if (!found.ok) return;
        if (wasEnded) record('resurrected', { by: 'load' });
        if (pick(['save', 'save', 'save', 'logout']) === 'logout') {
          record('logging-out');
          if (!(await found.session.destroy())) continue;
          shared.ended = true;
          record('logged-out');
        } else {
          const field = `n${Number(name.slice(1)) * 10 + life * 100 + turn}` as const;
          found.session.set(field, 1);
          await clock.sleep(pick([0, 5, 50]));
          const endedBefore = shared.ended;
          if (!(await found.session.save()).ok) continue;
          record('saved', { field });
          if (endedBefore) record('resurrected', { by: 'save' });
        }
      }
    },
    async check({ driver, events, context }) {
      const complaints = events
        .filter(({ type }) => type === 'resurrected')
        .map(({ by }) => `resurrected by ${by}`);
      const found = await shopSessions(driver).load(context.token);
      if (!found.ok) {
        const mayHaveEnded = events.some(({ type }) => type === 'logging-out');
        return mayHaveEnded ? complaints : [...complaints, `lost: ${found.reason}`];
      }
      if (context.ended) complaints.push('alive after a logout');
      const saved = events.filter(({ type }) => type === 'saved').map(({ field }) => field as string);
      return [
        ...complaints,
        ...saved.filter((field) => !(field in found.session.data)).map((field) => `lost ${field}`),
      ];
    },
  });
}

it('traps 1 and 2, in every order and under every fault: no save is lost, no logout undone', async () => {
  const { events } = await run(seeds);
  expect(events.saved).toBeGreaterThan(seeds);
  expect(events['logged-out']).toBeGreaterThan(seeds / 10);
}, 600_000);

it('notices a save that creates anew', async () => {
  const buggy = run(2000, (driver) => withBug(driver, 'save re-creates'));
  await expect(buggy).rejects.toThrow(/resurrected by save|alive after a logout/);
});
