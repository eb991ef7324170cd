export type { CampaignOptions, Term } from './election/campaign.js';
export { LockKeyError, LockLostError, type LossReason } from './errors.js';
export { createFenceGuard, type FenceGuard } from './fence/fence-guard.js';
export { type FencedOptions, type FencedOutcome, fenced } from './fence/fenced.js';
export { lockKeys } from './keys.js';
export { NotAcknowledgedError } from './lease/acknowledged-sender.js';
export type { Door } from './lease/door.js';
export type { ExtendOutcome, Lock, ReleaseOutcome } from './lease/lock.js';
export { LockNotAcquiredError, lockOrThrow } from './lock-or-throw.js';
export { createLocks, type Locks } from './locks.js';
export type { LockInspection, WaitingProcess } from './mutex/inspect.js';
export type { LockSet } from './mutex/lock-set.js';
export type { Acknowledgement, AcquireOptions, LocksOptions } from './options.js';
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
export {
  createQuorumLocks,
  type QuorumLocks,
  type QuorumLocksOptions,
} from './quorum/create-quorum-locks.js';
export type { WriteLock } from './shares/held-write-lock.js';
export type { ShareHolder, SharesInspection, ShareWaiter } from './shares/inspect.js';
export type { ReadWriteLock } from './shares/read-write-lock.js';
export type { PermitOptions, Semaphore, SemaphoreOptions } from './shares/semaphore.js';
