import type { Duration } from '@penknife/core';

/** How a limiter counts. `docs/rate-limiting.md` shows what each admits over time. */
export type Algorithm =
  | 'gcra'
  | 'leaky-bucket'
  | 'token-bucket'
  | 'fixed-window'
  | 'sliding-window-counter'
  | 'sliding-window-log'
  | 'concurrency';

/**
 * A rate as GCRA keeps it: `limit` units per `window`, spread evenly, with at most `burst` units at once. In any span of
 * time the admitted cost is at most `burst + limit * span / window`. `leaky-bucket` is the same meter used to shape: what is
 * allowed comes with a `delayMs` after which it should run, so that work leaves evenly.
 */
export interface SpreadPolicy {
  /** Default `'gcra'`. */
  readonly algorithm?: 'gcra' | 'leaky-bucket';
  /** Units per window: a whole number of at least 1. */
  readonly limit: number;
  readonly window: Duration;
  /** Units that may pass at once when nothing was used for a while. Default: `limit`. */
  readonly burst?: number;
}

/**
 * A bucket of `burst` tokens into which `limit` tokens fall every `window`, all at once, counted from when it was last full.
 * In any span the admitted cost is at most `burst + limit * (floor(span / window) + 1)`.
 */
export interface TokenBucketPolicy {
  readonly algorithm: 'token-bucket';
  readonly limit: number;
  readonly window: Duration;
  /** What the bucket holds. Default: `limit`. */
  readonly burst?: number;
}

/**
 * Windows. `fixed-window`: aligned to the epoch (a day is a UTC day), up to twice the limit across an edge.
 * `sliding-window-counter`: two counters, the former weighted by how much of it still overlaps; below twice the limit in the
 * worst case, a few percent over in ordinary traffic. `sliding-window-log`: every charge remembered, exact in any window,
 * for limits up to 5000.
 */
export interface WindowPolicy {
  readonly algorithm: 'fixed-window' | 'sliding-window-counter' | 'sliding-window-log';
  readonly limit: number;
  readonly window: Duration;
}

/**
 * How many units may be in use at the same time: an allowed check is a lease, given back by `refund` and lost when it is not
 * extended within `lease`. For limits up to 1000.
 */
export interface ConcurrencyPolicy {
  readonly algorithm: 'concurrency';
  readonly limit: number;
  /** How long a silent holder keeps its units. Default 30 s. */
  readonly lease?: Duration;
}

/** A policy as text: `'100/min'`, `'10/s burst 3'`, `'token-bucket 10/s burst 50'`, `'concurrency 5 lease 10s'`. */
export type PolicyText =
  | `${number}/${string}`
  | `${Exclude<Algorithm, 'concurrency'>} ${number}/${string}`
  | `concurrency ${number}`
  | `concurrency ${number} lease ${string}`;

/** What a limiter is told to enforce. */
export type Policy = SpreadPolicy | TokenBucketPolicy | WindowPolicy | ConcurrencyPolicy | PolicyText;

/** A policy with everything decided. */
export interface ResolvedPolicy {
  readonly algorithm: Algorithm;
  /** Units per window; for `concurrency` units at the same time. */
  readonly limit: number;
  /** For `concurrency` the lease. */
  readonly windowMs: number;
  /** The largest cost that can ever pass. */
  readonly capacity: number;
  /** What the rule takes, in the order of its Lua namesake: whole numbers in ns, µs or units. */
  readonly parameters: readonly [number, number, number];
}
