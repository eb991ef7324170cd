import { type Command, createManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { plantedBug } from '@penknife/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimiter, type Decision, simulate } from '../../src/index.js';
import { rateLimitKeys, stateKey } from '../../src/keys.js';
import { asPolicy, inWholeMs, type PlainPolicy, policiesOf, rateAlgorithms, traces } from './traces.js';

type Trace = readonly { readonly atMs: number; readonly cost: number }[];
type Rewrite = <T>(command: Command<T>) => Command<T>;

interface Watched {
  readonly chargeDenied?: boolean;
  readonly rewrite?: Rewrite;
}

/** Decides a trace on keys that expire as they are told to, and complains of what a call left behind. */
async function watched(
  policy: PlainPolicy,
  trace: Trace,
  { chargeDenied = false, rewrite = (command) => command }: Watched = {},
): Promise<{ readonly decisions: Decision[]; readonly complaints: string[] }> {
  const clock = createManualClock(0);
  const inner = createMemoryDriver({ clock });
  const driver = {
    ...inner,
    send: <T>(command: Command<T>, options?: object) => inner.send(rewrite(command), options),
  };
  const limiter = createRateLimiter(driver, { policy: asPolicy(policy), chargeDenied });
  const key = stateKey(rateLimitKeys.in('pk'), policy.algorithm, 'a', 'default');
  const ask = (...args: readonly [Uppercase<string>, ...(string | number)[]]) =>
    inner.send({ args, key, read: (reply) => reply });
  const left = async (): Promise<readonly unknown[]> => [
    await (policy.algorithm === 'sliding-window-log' ? ask('LRANGE', key, 0, -1) : ask('GET', key)),
    Number(await ask('PTTL', key)),
  ];
  const decisions: Decision[] = [];
  const complaints: string[] = [];
  for (const { atMs, cost } of trace) {
    clock.setNow(atMs);
    const before = await left();
    const { allowed, reason, remaining, retryAfterMs, resetMs, delayMs } = await limiter.check('a', { cost });
    const after = await left();
    decisions.push({ allowed, reason, remaining, retryAfterMs, resetMs, delayMs });
    if (!allowed && JSON.stringify(before) !== JSON.stringify(after))
      complaints.push(`a denied call made ${after} of ${before}`);
    const [state, ttlMs] = after as [unknown, number];
    const gone = state === null || (Array.isArray(state) && state.length === 0);
    // A key is there through the millisecond in which it ends, with 0 left; -1 is one that stays.
    if (!gone && !(ttlMs >= 0 && ttlMs <= resetMs))
      complaints.push(`kept for ${ttlMs} ms, with everything there after ${resetMs}`);
  }
  await inner.close();
  return { decisions, complaints };
}

/** Whether some trace is complained of. */
async function isComplainedOf(algorithm: PlainPolicy['algorithm'], watch: Watched): Promise<boolean> {
  const property = fc.asyncProperty(policiesOf(algorithm), traces, async (policy, trace) => {
    expect((await watched(policy, inWholeMs(trace), watch)).complaints).toEqual([]);
  });
  return (await fc.check(property, { numRuns: 60, endOnFailure: true })).failed;
}

describe('keys that expire', () => {
  for (const algorithm of rateAlgorithms) {
    it(`traps 1 and 4: ${algorithm}: property: decided as simulated; denied, nothing changes; kept until all is there, no longer`, async () => {
      await fc.assert(
        fc.asyncProperty(policiesOf(algorithm), traces, async (policy, fine) => {
          const trace = inWholeMs(fine);
          const { decisions, complaints } = await watched(policy, trace);
          expect(decisions).toEqual(simulate(asPolicy(policy), trace));
          expect(complaints).toEqual([]);
        }),
        { numRuns: 15 },
      );
    });

    it(`the property notices that ${algorithm} charges what it denies`, async () => {
      expect(await isComplainedOf(algorithm, { chargeDenied: true })).toBe(true);
    });
  }

  it('the property notices a key without a TTL, and one that is kept too long', async () => {
    const instead = (wrong: string): Rewrite =>
      plantedBug({
        script: 'ratelimit/check-plain-gcra',
        right: ", 'PX', math.ceil(ahead / 1000000))\n  return arrival",
        wrong: `${wrong})\n  return arrival`,
      });
    expect(await isComplainedOf('gcra', { rewrite: instead('') })).toBe(true);
    const longer = instead(", 'PX', math.ceil(ahead / 1000000) + 1");
    expect(await isComplainedOf('gcra', { rewrite: longer })).toBe(true);
    expect(await isComplainedOf('gcra', { rewrite: instead(", 'PX', math.ceil(ahead / 1000000)") })).toBe(
      false,
    );
  });
});
