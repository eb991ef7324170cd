import type { HeldLock, LockFacts, LockKeeper } from './held-lock.js';
import type { Target } from './target.js';

/** A target that gives a handle when it was granted. */
export interface Acquirable extends Target {
  readonly handle: new (facts: LockFacts, keeper: LockKeeper) => HeldLock;
}
