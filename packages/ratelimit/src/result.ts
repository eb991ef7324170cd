/** Why a call was denied. `unavailable`: nobody could be asked, and the guard's policy is `closed`. */
export type DenialReason = 'limit' | 'blocked' | 'cost_exceeds_capacity' | 'unavailable';

/** What an algorithm decided. */
export interface Decision {
  readonly allowed: boolean;
  /** Null when allowed. */
  readonly reason: DenialReason | null;
  /** The largest cost that would be allowed right now. */
  readonly remaining: number;
  /**
   * 0 when allowed. When denied: waiting exactly this long makes this cost pass, if nobody else comes first (and, for
   * `concurrency`, no lease is extended). Null when it never can, because the cost is above the policy's capacity.
   */
  readonly retryAfterMs: number | null;
  /** Until everything is recovered, in ms, rounded up. */
  readonly resetMs: number;
  /** When allowed: how long to wait before going on. Above 0 only for `leaky-bucket` and for booked calls. */
  readonly delayMs: number;
}

/**
 * Where a decision was made: by the server; from a remembered denial (`cache`); out of units leased to this process
 * (`slice`); or without the server, by the guard's policy (`open`, `closed`, `local`).
 */
export type DecisionSource = 'server' | 'cache' | 'slice' | 'open' | 'closed' | 'local';

/** The answer to one check. A denial is a value, never an exception. */
export interface RateLimitResult extends Decision {
  /** The limiter's name, as it appears in headers and traces. */
  readonly policy: string;
  /** Units per window of the policy; for `concurrency` units at the same time. */
  readonly limit: number;
  readonly windowMs: number;
  /** The largest cost that can ever pass. With `limit` and `windowMs` it says under which policy was charged. */
  readonly capacity: number;
  /** Names the charge for `refund`, or the lease. Null when nothing was charged. */
  readonly receipt: string | null;
  /** What was asked for, in units. */
  readonly cost: number;
  readonly source: DecisionSource;
  /** Only in shadow mode: what would have been answered. */
  readonly shadowed?: Decision;
}
