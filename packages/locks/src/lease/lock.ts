import type { LossReason } from '../errors.js';

/** What became of a release. `released`: nobody else held it up to now. `lost`: it was no longer held. `unknown`: no answer; the lock ends by its lease at the latest. */
export type ReleaseOutcome = 'released' | 'lost' | 'unknown';

/** What became of an extension. `unknown`: no answer, or nothing left below `maxHoldMs`; the deadline stays where it was. */
export type ExtendOutcome = 'extended' | 'lost' | 'unknown';

/**
 * A lock that is held, until it is released or lost. What it says is never better than what is known: its deadline is the
 * start of the last request that the server confirmed, plus the lease, minus a margin for drift, and it passes whether or
 * not the server can be reached. It cannot stop code that runs on regardless; hand `fence` to what is protected.
 */
export interface Lock {
  readonly resource: string;
  /** Strictly greater than the fence of every earlier holder of this resource; constant over extensions. */
  readonly fence: bigint;
  /** Fires when the lock is lost (reason: `LockLostError`), not when it is released. */
  readonly signal: AbortSignal;
  /** True while the deadline has not passed and the lock was neither lost nor released. Reads both clocks. */
  readonly held: boolean;
  /** How long it is surely held if no extension succeeds, in ms; 0 when it is not held. */
  readonly remainingMs: number;
  /** Why it is no longer held; undefined while it is. */
  readonly lostBecause: LossReason | undefined;
  /** Throws `LockLostError` unless the lock is held now, by both clocks: also after a stopped process or a sleeping machine. */
  assertHeld(): void;
  /** Extends the lease now, to its full length, within `maxHoldMs`. Compares and extends; never takes the lock anew. */
  extend(): Promise<ExtendOutcome>;
  /**
   * Gives the lock to the next waiter, or back. Extensions end at once, before anything is sent. Never rejects for an
   * unreachable server. Repeatable: every call gives the outcome of the first.
   */
  release(): Promise<ReleaseOutcome>;
  /** `release`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
