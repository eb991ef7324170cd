import { HeldLock } from '../lease/held-lock.js';
import type { ExtendOutcome, Lock } from '../lease/lock.js';
import { downgradeShares } from './commands.js';

/** A write lock that is held. */
export interface WriteLock extends Lock {
  /** `'read'` from the call of `downgrade` on. */
  readonly mode: 'write' | 'read';
  /**
   * Makes it a read lock, with its full lease anew and the same fence, and lets waiting readers in; nobody else writes in
   * between. Its extensions go on. From the call on it must be used for reading only: `'unknown'` means that others may read already.
   */
  downgrade(): Promise<ExtendOutcome>;
}

/** The handle of a write lock. */
export class HeldWriteLock extends HeldLock implements WriteLock {
  #mode: 'write' | 'read' = 'write';

  get mode(): 'write' | 'read' {
    return this.#mode;
  }

  downgrade(): Promise<ExtendOutcome> {
    this.#mode = 'read';
    return this.renew(downgradeShares);
  }
}
