import { type Clock, type Driver, rawReply } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { faultKinds, type SimulationReport, simulate } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createRateLimiter } from '../src/index.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 5000 : 200;
const limit = 3;
const burst = 2;
const windowMs = 300;

type Check = (driver: Driver, clock: Clock) => Promise<boolean>;

const gcra: Check = async (driver) =>
  (await createRateLimiter(driver, { policy: `${limit}/${windowMs}ms burst ${burst}` }).check('someone'))
    .allowed;

/** As limiters are written in a hurry: look, then count. */
const naive: Check = async (driver, clock) => {
  const key = `hits:${Math.floor(clock.now() / windowMs)}`;
  const hits = Number(await driver.send({ args: ['GET', key], key, read: rawReply }));
  if (hits >= burst) return false;
  await driver.send({ args: ['SET', key, hits + 1, 'PX', windowMs], key, read: rawReply });
  return true;
};

/** More admitted in some span of time than the policy allows: at most burst + limit × span ÷ window. */
function excess(admittedMs: readonly number[]): string[] {
  return admittedMs.flatMap((fromMs, i) =>
    admittedMs.slice(i).flatMap((toMs, count) => {
      const allowed = burst + (limit * (toMs - fromMs)) / windowMs;
      return count + 1 > allowed + 1e-9 ? [`${count + 1} from ${fromMs} to ${toMs} ms`] : [];
    }),
  );
}

function run(check: Check, many: number): Promise<SimulationReport> {
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds: many,
    processes: 3,
    faults: { kinds: faultKinds, longestMs: 2000 },
    setup: ({ clock }) => ({ clock, admittedMs: [] as number[] }),
    async scenario({ driver, clock, pick, record }) {
      for (let i = 0; i < 4; i++) {
        record((await check(driver, clock)) ? 'allowed' : 'denied');
        await clock.sleep(pick([0, 50, 120]));
      }
    },
    // What the server admits counts, whether or not its answer arrives.
    witness({ args, reply, context }) {
      const decided = String(args[0]).startsWith('EVAL') && (reply as readonly unknown[])[0] === 1;
      if (decided || args[0] === 'SET') context.admittedMs.push(context.clock.monotonic());
    },
    check({ context, events }) {
      const told = events.filter(({ type }) => type === 'allowed').length;
      if (told > context.admittedMs.length)
        return `${told} were let in, ${context.admittedMs.length} admitted`;
      return excess(context.admittedMs);
    },
  });
}

it('in every order and under every fault no span of time admits more than the policy', async () => {
  const { events } = await run(gcra, seeds);
  expect(events.allowed).toBeGreaterThan(seeds * 2);
  expect(events.denied).toBeGreaterThan(seeds);
}, 600_000);

it('notices a limiter that looks, then counts', async () => {
  await expect(run(naive, 100)).rejects.toThrow(/from 0 to/);
});
