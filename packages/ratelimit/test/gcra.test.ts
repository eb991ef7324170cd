import { createManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arrival, createRateLimiter, type Decision, simulate } from '../src/index.js';

const policies = fc.record({
  limit: fc.integer({ min: 1, max: 2000 }),
  window: fc.constantFrom(1, 7, 50, 1000, 60_000, 86_400_000),
  burst: fc.integer({ min: 1, max: 40 }),
});
const traces = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 10 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let atMs = 1_000_000;
    return steps.map(([waitMs, cost]): Required<Arrival> => {
      atMs += waitMs;
      return { atMs, cost };
    });
  });

/** The most a GCRA policy may admit in any span, in units; exact in rationals. */
function firstExcess(
  policy: { limit: number; window: number; burst: number },
  trace: readonly Required<Arrival>[],
  decisions: readonly Decision[],
): string | undefined {
  for (let from = 0; from < trace.length; from++) {
    let admitted = 0;
    for (let to = from; to < trace.length; to++) {
      if (decisions[to]?.allowed) admitted += trace[to]?.cost ?? 0;
      const spanMs = (trace[to]?.atMs ?? 0) - (trace[from]?.atMs ?? 0);
      if ((admitted - policy.burst) * policy.window > policy.limit * spanMs)
        return `${admitted} in ${spanMs} ms`;
    }
  }
  return undefined;
}

describe('GCRA', () => {
  it('property: in any span at most burst + limit × span ÷ window is admitted', () => {
    fc.assert(
      fc.property(policies, traces, (policy, trace) => {
        expect(firstExcess(policy, trace, simulate(policy, trace))).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('the property notices a limiter that admits one too many', () => {
    const policy = { limit: 10, window: 1000, burst: 3 };
    const trace = [1, 1, 1, 1].map((cost) => ({ atMs: 5000, cost }));
    const honest = simulate(policy, trace);
    expect(firstExcess(policy, trace, honest)).toBeUndefined();
    const planted = honest.map((decision) => ({ ...decision, allowed: true }));
    expect(firstExcess(policy, trace, planted)).toBe('4 in 0 ms');
  });

  it('property: at retryAfterMs allowed, a millisecond before denied', () => {
    fc.assert(
      fc.property(policies, traces, (policy, trace) => {
        const decisions = simulate(policy, trace);
        const last = trace.at(-1) as Required<Arrival>;
        const { allowed, retryAfterMs } = decisions.at(-1) as Decision;
        if (allowed || retryAfterMs === null) return;
        const at = (ms: number) =>
          simulate(policy, [...trace, { ...last, atMs: last.atMs + ms }]).at(-1)?.allowed;
        expect([at(retryAfterMs - 1), at(retryAfterMs)]).toEqual([false, true]);
      }),
      { numRuns: 1000 },
    );
  });

  it('property: the script and the simulation agree, decision for decision', async () => {
    await fc.assert(
      fc.asyncProperty(policies, traces, async (policy, trace) => {
        const clock = createManualClock(0);
        const driver = createMemoryDriver({ clock });
        const limiter = createRateLimiter(driver, { policy });
        const decisions: Decision[] = [];
        for (const { atMs, cost } of trace) {
          await clock.advance(atMs - clock.now());
          const { allowed, remaining, retryAfterMs, resetMs } = await limiter.check('a', { cost });
          decisions.push({ allowed, remaining, retryAfterMs, resetMs });
        }
        expect(decisions).toEqual(simulate(policy, trace));
        await driver.close();
      }),
      { numRuns: 100 },
    );
  });

  it('trap 7: high rates lose nothing to rounding but a nanosecond an interval', () => {
    const policy = { limit: 7000, window: 1000, burst: 1 };
    const trace = Array.from({ length: 20_000 }, (_, i) => ({ atMs: 1000 + i * 0.05 }));
    const admitted = simulate(policy, trace).filter((decision) => decision.allowed).length;
    // One second at 20 arrivals a millisecond: 7000 is the exact rate; arrivals fall on a grid of 50 µs.
    expect(admitted).toBeGreaterThan(6600);
    expect(admitted).toBeLessThanOrEqual(7001);
  });

  it('trap 6: a clock that steps back admits nothing extra and recovers within the policy', async () => {
    const clock = createManualClock(10_000_000);
    const limiter = createRateLimiter(createMemoryDriver({ clock }), { policy: '2/10s' });
    await limiter.check('a', { cost: 2 });
    clock.setNow(1_000_000);
    expect(await limiter.check('a')).toMatchObject({ allowed: false, retryAfterMs: 5000, resetMs: 10_000 });
  });
});
