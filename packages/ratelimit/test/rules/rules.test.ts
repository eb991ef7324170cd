import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, simulate } from '../../src/index.js';
import { decided, falseRemainder, falseReset, falseWait, misdecided } from './properties.js';
import { asPolicy, boundOf, firstExcess, policiesOf, rateAlgorithms, traces } from './traces.js';

const properties = {
  retryAfterMs: falseWait,
  remaining: falseRemainder,
  resetMs: falseReset,
} as const;

/** What a limiter may say wrongly, and the property that has to notice it. */
const bugs: readonly (readonly [
  says: string,
  property: keyof typeof properties,
  change: (decision: Decision) => Partial<Decision>,
])[] = [
  ['a wait that is a millisecond short', 'retryAfterMs', ({ retryAfterMs }) => later(retryAfterMs, -1)],
  ['a wait that is a millisecond long', 'retryAfterMs', ({ retryAfterMs }) => later(retryAfterMs, 1)],
  [
    'a wait for what never passes',
    'retryAfterMs',
    ({ retryAfterMs }) => ({ retryAfterMs: retryAfterMs ?? 1 }),
  ],
  ['never, where it would pass', 'retryAfterMs', ({ allowed }) => (allowed ? {} : { retryAfterMs: null })],
  ['one more than remains', 'remaining', ({ remaining }) => ({ remaining: remaining + 1 })],
  ['one less than remains', 'remaining', ({ remaining }) => ({ remaining: Math.max(0, remaining - 1) })],
  [
    'a reset that is a millisecond short',
    'resetMs',
    ({ resetMs }) => ({ resetMs: Math.max(0, resetMs - 1) }),
  ],
  ['a reset that is a millisecond long', 'resetMs', ({ resetMs }) => ({ resetMs: resetMs + 1 })],
];

function later(retryAfterMs: number | null, ms: number): Partial<Decision> {
  return retryAfterMs === null || retryAfterMs === 0 ? {} : { retryAfterMs: Math.max(1, retryAfterMs + ms) };
}

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
          expect(falseWait(decided, policy, trace)).toBeUndefined();
        }),
        { numRuns: 500 },
      );
    });

    it('trap 8: property: remaining passes at once and one more does not; everything is there at resetMs, not before', () => {
      fc.assert(
        fc.property(policiesOf(algorithm), traces, (policy, trace) => {
          expect(falseRemainder(decided, policy, trace)).toBeUndefined();
          expect(falseReset(decided, policy, trace)).toBeUndefined();
        }),
        { numRuns: 200 },
      );
    });

    for (const [says, property, change] of bugs) {
      it(`the property of ${property} notices ${says}`, () => {
        const complaintOf = properties[property];
        const wrong = misdecided(change);
        const found = fc.check(
          fc.property(
            policiesOf(algorithm),
            traces,
            (policy, trace) => complaintOf(wrong, policy, trace) === undefined,
          ),
          { numRuns: 500, endOnFailure: true },
        );
        expect(found.failed).toBe(true);
      });
    }
  });
}
