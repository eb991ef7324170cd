import type { CallOptions, Driver, Duration } from '@penknife/core';
import type { ChangeOptions } from './change-policy.js';
import type { CheckOptions, WaitOptions } from './options.js';
import type { ResolvedPolicy } from './policy/policy.js';
import type { Reservation } from './reservation.js';
import type { RateLimitResult } from './result.js';

/** What became of work under a lease. */
export type HoldOutcome<T> =
  | { readonly held: true; readonly value: T; readonly result: RateLimitResult }
  | { readonly held: false; readonly result: RateLimitResult };

/** What a limiter needs of a driver. */
export type LimiterDriver = Pick<Driver, 'send' | 'clock' | 'random'>;

/** Which charge to give back. */
export interface RefundOptions extends CallOptions {
  /** Units to give back. Default: all that were charged. */
  readonly cost?: number;
}

/** How a block is set. */
export interface BlockOptions extends CallOptions {
  /** A block that lasts longer stays. Default false: the new one counts. */
  readonly keepLonger?: boolean;
}

/** What every limiter can do, however many layers are around it. */
export interface Limiter {
  readonly name: string;
  readonly policy: ResolvedPolicy;
  /**
   * Decides, and charges the cost when allowed; a denied call changes nothing. One command. Rejects with the driver's
   * errors when the server cannot be asked: what to do then is the caller's choice (see `guardLimiter`). A call that ended
   * with `sent: 'maybe'` may have been charged; it is never sent twice.
   */
  check(identifier: string, options?: CheckOptions): Promise<RateLimitResult>;
  /** What `check` would say now, without charging. */
  peek(identifier: string, options?: CheckOptions): Promise<RateLimitResult>;
  /**
   * Gives units of an allowed check back, as far as they still count: what has recovered by itself, or belongs to a window
   * that is over, is not given back twice. They are worth what the policy of the check made them, and each result is given
   * back once in a process. While calls are booked behind it, only the last booking can be given back. Resolves to the whole
   * units that were. Under `concurrency` it ends the lease.
   */
  refund(identifier: string, result: RateLimitResult, options?: RefundOptions): Promise<number>;
  /** Gives the identifier everything again, and lifts its block. True when there was something to forget. */
  reset(identifier: string, options?: CallOptions): Promise<boolean>;
  /**
   * Extends a lease of a `concurrency` limit from now, by the length it was given. False when it had ended. Where it is
   * missing leases cannot be extended: layers have it when the limiter inside does.
   */
  extend?(identifier: string, result: RateLimitResult, options?: CallOptions): Promise<boolean>;
}

/** A limiter: one policy, any number of identifiers. It holds no connection and no timer, so there is nothing to close. */
export interface RateLimiter extends Limiter {
  /** Refuses everything of the identifier for a time; 0 lifts a block. Needs the option `penalty`. */
  block(identifier: string, duration: Duration, options?: BlockOptions): Promise<void>;
  /**
   * Books the next free place, and resolves when its time has come: in the order of asking, across processes. Denied at once
   * when that is further away than `maxWaitMs`. Aborting gives the place back unless others are booked behind it; then it
   * passes unused, since theirs are fixed. Needs the option `longestWait`.
   */
  wait(identifier: string, options?: WaitOptions): Promise<RateLimitResult>;
  /**
   * Charges an estimate, to be settled when the true cost is known. Unsettled, the units come back after the time given in
   * the option `reservations`, which turns this on.
   */
  reserve(identifier: string, options?: CheckOptions): Promise<Reservation>;
  /**
   * Carries what the identifier used over to another policy of the same algorithm, in one atomic act: call it when a plan
   * changes, and pass the new policy to `check` from then on. Resolves to the units used before and after.
   */
  changePolicy(identifier: string, options: ChangeOptions): Promise<{ before: number; after: number }>;
  /** Extends a lease of a `concurrency` limit from now, by the length it was given. False when it had ended. */
  extend(identifier: string, result: RateLimitResult, options?: CallOptions): Promise<boolean>;
  /**
   * Runs work under a lease of a `concurrency` limit: extended while it runs, ended with it. The signal it gets is aborted
   * when the lease is lost. Denied, nothing runs.
   */
  hold<T>(
    identifier: string,
    options: CheckOptions,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<HoldOutcome<T>>;
}
