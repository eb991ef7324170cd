import fc from 'fast-check';
import type { Policy } from '../../src/index.js';
import { asPolicy, type PlainPolicy, policiesOf, rateAlgorithms } from './traces.js';

/** One call of a trace, at a time in µs. A refund's cost is the place of the call that it gives back. */
export interface Step {
  readonly atMicros: number;
  readonly act: 'check' | 'peek' | 'refund';
  readonly cost: number;
}

/** All algorithms, leases too. */
export type TracedAlgorithm = PlainPolicy['algorithm'] | 'concurrency';
export const tracedAlgorithms: readonly TracedAlgorithm[] = [...rateAlgorithms, 'concurrency'];

/** Policies of one algorithm, as a limiter takes them. */
export function tracedPolicies(algorithm: TracedAlgorithm): fc.Arbitrary<Policy> {
  if (algorithm !== 'concurrency') return policiesOf(algorithm).map(asPolicy);
  return fc.record({
    algorithm: fc.constant(algorithm),
    limit: fc.integer({ min: 1, max: 12 }),
    lease: fc.constantFrom(50, 1000, 60_000),
  });
}

const beginMicros = 1_795_779_000_000_123;
const day = 86_400_000_000;

/** Bursts, pauses around the windows of the policies, and now and then a clock that is set back. */
export const stepsOf: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(0) },
        { weight: 6, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
        { weight: 6, arbitrary: fc.integer({ min: 0, max: 2_000_000 }) },
        { weight: 3, arbitrary: fc.integer({ min: 0, max: 100_000_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: -3_000_000, max: -1 }) },
        { weight: 1, arbitrary: fc.integer({ min: -day, max: day }) },
      ),
      fc.constantFrom(
        'check' as const,
        'check' as const,
        'check' as const,
        'peek' as const,
        'refund' as const,
      ),
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
    ),
    { minLength: 1, maxLength: 50 },
  )
  .map((steps) => {
    let atMicros = beginMicros;
    return steps.map(([wait, act, cost]) => {
      atMicros += wait;
      return { atMicros, act, cost };
    });
  });
