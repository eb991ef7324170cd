/** What an algorithm decided. */
export interface Decision {
  readonly allowed: boolean;
  /** The largest cost that would be allowed right now. */
  readonly remaining: number;
  /**
   * 0 when allowed. When denied: waiting exactly this long makes this cost pass, if nobody else comes first.
   * Null when it never can, because the cost is above the policy's burst.
   */
  readonly retryAfterMs: number | null;
  /** Until everything is recovered, in ms, rounded up. */
  readonly resetMs: number;
}

/** The answer to one check. A denial is a value, never an exception. */
export interface RateLimitResult extends Decision {
  /** The limiter's name, as it appears in headers and traces. */
  readonly policy: string;
  /** Units per window of the policy. */
  readonly limit: number;
  readonly windowMs: number;
}
