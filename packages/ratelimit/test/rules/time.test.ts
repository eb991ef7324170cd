import { createManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimiter, simulate } from '../../src/index.js';
import { asPolicy, policiesOf, rateAlgorithms } from './traces.js';

const full = process.env.PENKNIFE_TIER === 'full';
const noon = Date.UTC(2026, 10, 27, 12);

describe('time', () => {
  for (const algorithm of rateAlgorithms) {
    it(`trap 6: ${algorithm}: a clock that steps back admits nothing extra, and denies no longer than a recovery`, async () => {
      await fc.assert(
        fc.asyncProperty(
          policiesOf(algorithm),
          fc.integer({ min: 1, max: 400_000_000 }),
          async (policy, backMs) => {
            const clock = createManualClock(noon);
            const driver = createMemoryDriver({ clock });
            const limiter = createRateLimiter(driver, { policy: asPolicy(policy) });
            const all = policy.burst ?? policy.limit;
            await limiter.check('a', { cost: all });
            clock.setNow(noon - backMs);
            const denied = await limiter.check('a', { cost: all });
            expect(denied.allowed).toBe(false);
            // Whatever it says, it keeps to, though the clock goes on from where it was set.
            const retryMs = denied.retryAfterMs ?? 0;
            expect(retryMs).toBeLessThanOrEqual(
              2 * Math.ceil((policy.window * all) / policy.limit + policy.window),
            );
            await clock.advance(retryMs);
            expect((await limiter.check('a', { cost: all })).allowed).toBe(true);
            await driver.close();
          },
        ),
        { numRuns: full ? 400 : 15 },
      );
    });
  }

  it('trap 7: high rates lose nothing to rounding but a nanosecond an interval', () => {
    const policy = { limit: 7000, window: 1000, burst: 1 };
    const trace = Array.from({ length: 20_000 }, (_, i) => ({ atMs: 1000 + i * 0.05 }));
    const admitted = simulate(policy, trace).filter((decision) => decision.allowed).length;
    // One second at 20 arrivals a millisecond: 7000 is the exact rate; arrivals fall on a grid of 50 µs.
    expect(admitted).toBeGreaterThan(6600);
    expect(admitted).toBeLessThanOrEqual(7001);
  });

  it('trap 3: around an edge a fixed window admits twice its limit, the others one and what time gave back', () => {
    const edge = Array.from({ length: 40 }, (_, i) => ({ atMs: noon - 100 + i * 5 }));
    const admitted = (algorithm: string): number =>
      simulate(`${algorithm} 10/s` as '10/s', edge).filter(({ allowed }) => allowed).length;
    expect(admitted('fixed-window')).toBe(20);
    for (const algorithm of ['gcra', 'token-bucket', 'sliding-window-log', 'sliding-window-counter'])
      expect(admitted(algorithm)).toBeLessThanOrEqual(12);
  });

  it('the comparison of script and simulation notices a rule that is one off', async () => {
    const driver = createMemoryDriver({ clock: createManualClock(noon) });
    const limiter = createRateLimiter(driver, { policy: '3/s' });
    const allowed: boolean[] = [];
    for (let i = 0; i < 4; i++) allowed.push((await limiter.check('a')).allowed);
    const trace = Array.from({ length: 4 }, () => ({ atMs: noon }));
    expect(allowed).toEqual(simulate('3/s', trace).map((decision) => decision.allowed));
    expect(allowed).not.toEqual(simulate('4/s', trace).map((decision) => decision.allowed));
    await driver.close();
  });
});
