export { LockKeyError, LockLostError, type LossReason } from './errors.js';
export { createFenceGuard, type FenceGuard } from './fence/fence-guard.js';
export { type FencedOptions, type FencedOutcome, fenced } from './fence/fenced.js';
export type { LockInspection, WaitingProcess } from './inspect.js';
export { lockKeys } from './keys.js';
export { LockNotAcquiredError, lockOrThrow } from './lock-or-throw.js';
export { createLocks, type Locks } from './locks.js';
export type { ExtendOutcome, Lock, ReleaseOutcome } from './mutex/lock.js';
export type { AcquireOptions, LocksOptions } from './options.js';
export type {
  Aborted,
  AcquireFailure,
  AcquireOutcome,
  Held,
  HolderSeen,
  TimedOut,
  Unavailable,
  WithLockOutcome,
} from './outcome.js';
