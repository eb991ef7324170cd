import { InvalidArgumentError, PenknifeError } from '@penknife/core';
import type { AcquireFailure, AcquireOutcome } from './outcome.js';

/** The lock was not acquired; `outcome` says why. Thrown by `lockOrThrow` alone. */
export class LockNotAcquiredError extends PenknifeError {
  readonly kind = 'lock-not-acquired';
  readonly outcome: AcquireFailure;

  constructor(outcome: AcquireFailure) {
    super('LOCK_NOT_ACQUIRED', `the lock was not acquired: ${outcome.reason}`, {
      cause: 'error' in outcome ? outcome.error : undefined,
    });
    this.outcome = outcome;
  }
}

/**
 * The lock of an outcome; throws `LockNotAcquiredError` when there is none.
 * For `await using lock = lockOrThrow(await locks.acquire('report'))`.
 */
export function lockOrThrow<L>(outcome: AcquireOutcome<L>): L {
  if (typeof outcome?.ok !== 'boolean') {
    const rule = 'must be what an acquisition resolved to; perhaps an `await` is missing';
    throw new InvalidArgumentError('outcome', rule, outcome);
  }
  if (outcome.ok) return outcome.lock;
  throw new LockNotAcquiredError(outcome);
}
