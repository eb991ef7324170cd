import fc from 'fast-check';
import type { Algorithm, Arrival, Decision, Policy } from '../../src/index.js';

/** The algorithms that count over time. */
export const rateAlgorithms: readonly Exclude<Algorithm, 'concurrency'>[] = [
  'gcra',
  'leaky-bucket',
  'token-bucket',
  'fixed-window',
  'sliding-window-counter',
  'sliding-window-log',
];

/** A policy with its parts as numbers. */
export interface PlainPolicy {
  readonly algorithm: Exclude<Algorithm, 'concurrency'>;
  readonly limit: number;
  readonly window: number;
  readonly burst?: number;
}

/** Policies of one algorithm. */
export function policiesOf(algorithm: PlainPolicy['algorithm']): fc.Arbitrary<PlainPolicy> {
  const limit = fc.integer({ min: 1, max: 40 });
  const window = fc.constantFrom(1, 7, 50, 1000, 60_000, 86_400_000);
  if (algorithm === 'gcra' || algorithm === 'leaky-bucket' || algorithm === 'token-bucket')
    return fc
      .record({ limit, window, burst: fc.integer({ min: 1, max: 40 }) })
      .map((policy) => ({ algorithm, ...policy }));
  return fc.record({ limit, window }).map((policy) => ({ algorithm, ...policy }));
}

/** Arrivals on a grid of µs, in bursts and pauses around the windows above. */
export const traces: fc.Arbitrary<readonly Required<Arrival>[]> = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        fc.integer({ min: 0, max: 100_000_000 }),
      ),
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
    ),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let micros = 1_795_779_000_000_000;
    return steps.map(([wait, cost]) => {
      micros += wait;
      return { atMs: micros / 1000, cost };
    });
  });

/** What a policy may admit in a span: the bound its documentation states. */
export function boundOf({ algorithm, limit, window, burst = limit }: PlainPolicy, spanMs: number): number {
  switch (algorithm) {
    case 'gcra':
    case 'leaky-bucket':
      return burst + (limit * spanMs) / window;
    case 'token-bucket':
      return burst + limit * (Math.floor(spanMs / window) + 1);
    case 'sliding-window-log':
      return limit * (Math.floor(spanMs / window) + 1);
    default:
      return limit * (Math.floor(spanMs / window) + 2);
  }
}

/** The first span in which more was admitted than the bound. */
export function firstExcess(
  policy: PlainPolicy,
  trace: readonly Required<Arrival>[],
  decisions: readonly Pick<Decision, 'allowed'>[],
): string | undefined {
  for (let from = 0; from < trace.length; from++) {
    let admitted = 0;
    for (let to = from; to < trace.length; to++) {
      if (decisions[to]?.allowed) admitted += trace[to]?.cost ?? 0;
      const spanMs = (trace[to]?.atMs ?? 0) - (trace[from]?.atMs ?? 0);
      if (admitted > boundOf(policy, spanMs) + 1e-6) return `${admitted} in ${spanMs} ms`;
    }
  }
  return undefined;
}

/** The trace on whole milliseconds, as far as the memory engine's clock is fine. */
export function inWholeMs(trace: readonly Required<Arrival>[]): readonly Required<Arrival>[] {
  return trace.map(({ atMs, cost }) => ({ atMs: Math.floor(atMs), cost }));
}

/** The policy as a limiter takes it. */
export function asPolicy(policy: PlainPolicy): Policy {
  return policy as Policy;
}
