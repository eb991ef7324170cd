import { PenknifeError } from '@penknife/core';

/**
 * Why a handle no longer holds. `expired`: the lease was not confirmed in time. `refused`: the server says somebody else, or
 * nobody, holds it. `max-hold`: the cap on the total hold time. `shutdown`: this process is ending. `released`: by its holder.
 */
export type LossReason = 'expired' | 'refused' | 'max-hold' | 'shutdown' | 'released';

const lossTexts: Readonly<Record<LossReason, string>> = {
  expired: 'the lease was not confirmed in time; somebody else may hold the lock now',
  refused: 'the server no longer knows this holder; somebody else may hold the lock now',
  'max-hold': 'the lock reached its maxHoldMs; somebody else may hold it now',
  shutdown: 'the locks of this process were shut down',
  released: 'the lock was released',
};

/**
 * The lock is no longer held. The reason of `lock.signal` (which a release does not fire) and of a leader's signal (which a
 * return of `onElected` fires), and what `assertHeld` throws. Stop what the lock protects.
 */
export class LockLostError extends PenknifeError {
  readonly kind = 'lock-lost';
  readonly resource: string;
  readonly fence: bigint;
  readonly reason: LossReason;

  constructor(resource: string, fence: bigint, reason: LossReason) {
    super('LOCK_LOST', lossTexts[reason]);
    this.resource = resource;
    this.fence = fence;
    this.reason = reason;
  }
}

/** The key of the lock holds data that is no lock. The data was left as it is: choose another namespace or resource. */
export class LockKeyError extends PenknifeError {
  readonly kind = 'lock-key';
  readonly key: string;

  constructor(key: string, cause: unknown) {
    super('LOCK_KEY', 'the key of this lock holds data that is no lock; it was left untouched', { cause });
    this.key = key;
  }
}
