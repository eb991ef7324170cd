import type { PenknifeError } from '@penknife/core';
import type { Lock } from './lease/lock.js';

/** What is known of the one who holds, as last seen. */
export interface HolderSeen {
  /** The holder's `owner` option, or the id of its `Locks`; undefined when nobody could be asked. */
  readonly holder?: string;
  /** How long its lease lasts if it is not extended, in ms. */
  readonly holderTtlMs?: number;
  /** The place in the queue when waiting (1 is next); for `tryAcquire`: how many processes wait. Only heads of processes count. */
  readonly queuePosition?: number;
  /** Of several resources the one that could not be had. */
  readonly resource?: string;
}

/**
 * Somebody else holds the lock, or waits in front. Of a semaphore: there are fewer permits free than wanted, which nobody need
 * hold when it was made smaller than that; then `holder` is undefined. The holder may also be this process: by another call, or
 * by one that ended as `unavailable`, `timeout` or `aborted` and whose grant is not yet given back.
 */
export interface Held extends HolderSeen {
  readonly ok: false;
  readonly reason: 'held';
}

/** `waitMs` passed. */
export interface TimedOut extends HolderSeen {
  readonly ok: false;
  readonly reason: 'timeout';
}

/** The caller's signal fired, or the locks were shut down; `error` is the reason. Nothing is held, nothing waits. */
export interface Aborted extends HolderSeen {
  readonly ok: false;
  readonly reason: 'aborted';
  readonly error: unknown;
}

/**
 * The server could not be asked in time; if the request may have run, what it took is given back. Of several: or one that was
 * taken was lost while the next was waited for (`error`: `LockLostError`).
 */
export interface Unavailable {
  readonly ok: false;
  readonly reason: 'unavailable';
  readonly error: PenknifeError;
}

/** Why there is no lock. Every one of these is expected in production: a value, never an exception. */
export type AcquireFailure = Held | TimedOut | Aborted | Unavailable;

/** A lock (of whatever kind), or why not. */
export type AcquireOutcome<L = Lock> = { readonly ok: true; readonly lock: L } | AcquireFailure;

/** What `withLock` gives: the function's value, or why it did not run. */
export type WithLockOutcome<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Whether the lock was surely held to the end of the function. False: the work may have overlapped with another holder's, or the release was not answered. */
      readonly heldThroughout: boolean;
    }
  | AcquireFailure;
