import { createManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimiter, type Decision, simulate } from '../../src/index.js';
import { asPolicy, boundOf, firstExcess, inWholeMs, policiesOf, rateAlgorithms, traces } from './traces.js';

for (const algorithm of rateAlgorithms) {
  describe(algorithm, () => {
    it('property: in any span no more is admitted than its documentation says', () => {
      fc.assert(
        fc.property(policiesOf(algorithm), traces, (policy, trace) => {
          expect(firstExcess(policy, trace, simulate(asPolicy(policy), trace))).toBeUndefined();
        }),
        { numRuns: 300 },
      );
    });

    it('the property notices a limiter that lets everything pass', () => {
      const policy = { algorithm, limit: 3, window: 1000 };
      const arrivals = Array.from({ length: 10 }, () => ({ atMs: 5000, cost: 1 }));
      expect(firstExcess(policy, arrivals, simulate(asPolicy(policy), arrivals))).toBeUndefined();
      const planted = arrivals.map(() => ({ allowed: true }));
      expect(firstExcess(policy, arrivals, planted)).toBe(`${boundOf(policy, 0) + 1} in 0 ms`);
    });

    it('property: at retryAfterMs allowed, a millisecond before denied; never is said of what is above capacity', () => {
      fc.assert(
        fc.property(policiesOf(algorithm), traces, (policy, trace) => {
          const decisions = simulate(asPolicy(policy), trace);
          const last = trace.at(-1) as { atMs: number; cost: number };
          const { allowed, retryAfterMs, reason } = decisions.at(-1) as Decision;
          if (allowed) return;
          if (retryAfterMs === null) {
            expect(last.cost).toBeGreaterThan(policy.burst ?? policy.limit);
            expect(reason).toBe('cost_exceeds_capacity');
            return;
          }
          const at = (ms: number): boolean | undefined =>
            simulate(asPolicy(policy), [...trace, { ...last, atMs: last.atMs + ms }]).at(-1)?.allowed;
          expect([at(retryAfterMs - 1), at(retryAfterMs)]).toEqual([false, true]);
        }),
        { numRuns: 500 },
      );
    });

    it('trap 8: property: remaining passes at once and one more does not; after resetMs everything is there', () => {
      fc.assert(
        fc.property(policiesOf(algorithm), traces, (policy, trace) => {
          const { remaining, resetMs } = simulate(asPolicy(policy), trace).at(-1) as Decision;
          const { atMs } = trace.at(-1) as { atMs: number };
          const next = (cost: number, ms = 0): Decision =>
            simulate(asPolicy(policy), [...trace, { atMs: atMs + ms, cost }]).at(-1) as Decision;
          if (remaining > 0) expect(next(remaining).allowed).toBe(true);
          expect(next(remaining + 1).allowed).toBe(false);
          expect(next(policy.burst ?? policy.limit, resetMs).allowed).toBe(true);
        }),
        { numRuns: 200 },
      );
    });

    it('property: the script and the simulation agree, decision for decision', async () => {
      await fc.assert(
        fc.asyncProperty(policiesOf(algorithm), traces, fc.boolean(), async (policy, fine, chargeDenied) => {
          const trace = inWholeMs(fine);
          const clock = createManualClock(0);
          const driver = createMemoryDriver({ clock });
          const limiter = createRateLimiter(driver, { policy: asPolicy(policy), chargeDenied });
          const decisions: Decision[] = [];
          for (const { atMs, cost } of trace) {
            clock.setNow(atMs);
            const { allowed, reason, remaining, retryAfterMs, resetMs, delayMs } = await limiter.check('a', {
              cost,
            });
            decisions.push({ allowed, reason, remaining, retryAfterMs, resetMs, delayMs });
          }
          expect(decisions).toEqual(simulate(asPolicy(policy), trace, { chargeDenied }));
          await driver.close();
        }),
        { numRuns: 60 },
      );
    });
  });
}
