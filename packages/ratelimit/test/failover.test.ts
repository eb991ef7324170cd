import { type MatrixContext, overFailovers } from '@penknife/matrix';
import { expect, it } from 'vitest';
import {
  createRateLimiter,
  type Policy,
  type RateLimiter,
  type RateLimitResult,
  rateLimitKeys,
} from '../src/index.js';

const keys = rateLimitKeys.in('pk');
/** Of `5/h`: what one unit takes to recover. */
const intervalMs = 720_000;

const full = process.env.PENKNIFE_TIER === 'full';

function failoverSuite({ driver, faults, clock, where }: MatrixContext): void {
  /** The same limiter as two processes have it. */
  const pair = async (policy: Policy) => {
    const made = async () => createRateLimiter(await driver(), { policy, deadlineMs: 40_000 });
    return [await made(), await made()] as const;
  };
  /** What each of them sees. Looks are repeated when they are lost: from then on each has its connection to the new primary. */
  const both = (one: RateLimiter, two: RateLimiter) => Promise.all([one.peek('a'), two.peek('a')]);
  const allowed = (results: readonly RateLimitResult[]) => results.map((result) => result.allowed);

  it('after a failover exactly what it lost is admitted again: what the replica knew of still counts', async () => {
    const [one, two] = await pair('5/h');
    const begunMs = clock.monotonic();
    expect(allowed([await one.check('a'), await two.check('a'), await one.check('a')])).not.toContain(false);
    const lost: RateLimitResult[] = [];
    await faults.failOver?.(keys.gcra('a', 'default'), async () => {
      for (let i = 0; i < 3; i++) lost.push(await two.check('a'));
    });
    expect(allowed(lost)).toEqual([true, true, false]);
    // The charges of before, and none of those that were acknowledged last.
    for (const { remaining } of await both(one, two)) expect(remaining).toBe(2);
    const after = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? one : two).check('a')));
    const denied = after.filter((result) => !result.allowed);
    expect(denied).toHaveLength(6);
    // All charges that stand are one row from the first one on, so its unit recovers first.
    const leastMs = intervalMs - Math.ceil(clock.monotonic() - begunMs) - 1;
    for (const { reason, remaining, retryAfterMs, resetMs } of denied) {
      expect({ reason, remaining }).toEqual({ reason: 'limit', remaining: 0 });
      expect(retryAfterMs).toBeGreaterThanOrEqual(leastMs);
      expect(retryAfterMs).toBeLessThanOrEqual(intervalMs);
      expect(resetMs).toBeLessThanOrEqual(5 * intervalMs);
    }
  });

  where(full, 'one failover is enough where every minute counts')(
    'a lease that a failover lost is told so: neither extending it nor giving it back touches those that stand',
    async () => {
      const [one, two] = await pair('concurrency 2 lease 10m');
      const known = await one.check('a');
      const lost: RateLimitResult[] = [];
      await faults.failOver?.(keys.leases('a', 'default'), async () => {
        for (let i = 0; i < 2; i++) lost.push(await one.check('a'));
      });
      expect(allowed([known, ...lost])).toEqual([true, true, false]);
      for (const { remaining } of await both(one, two)) expect(remaining).toBe(1);
      // The place of the lost lease is free, and taken by another.
      const next = await two.check('a');
      expect(next).toMatchObject({ allowed: true, remaining: 0 });
      const [gone] = lost as [RateLimitResult];
      expect(await one.extend('a', gone)).toBe(false);
      expect(await one.refund('a', gone)).toBe(0);
      expect(await one.extend('a', known)).toBe(true);
      expect(await two.extend('a', next)).toBe(true);
      expect(allowed(await Promise.all([one.check('a'), two.check('a')]))).toEqual([false, false]);
      expect(await one.refund('a', known)).toBe(1);
      expect((await two.peek('a')).remaining).toBe(1);
    },
  );
}

overFailovers('rate limits and a failover', failoverSuite, rateLimitKeys);
