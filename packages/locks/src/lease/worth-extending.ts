import type { HeldLock } from './held-lock.js';
import type { LeaseToExtend } from './target.js';
import type { Moment } from './validity.js';

/**
 * What is to be asked for which lock, at this moment: the full lease, or what the cap on the hold time leaves. A lock for which
 * that is nothing is left out, since to ask for nothing would end on the server what its holder still trusts in.
 */
export function worthExtending(
  locks: readonly HeldLock[],
  now: Moment,
): readonly (readonly [HeldLock, LeaseToExtend])[] {
  return locks.flatMap((lock) => {
    const ttlMs = lock.leaseAt(now);
    if (ttlMs === undefined) return [];
    return [[lock, { key: lock.target.key, token: lock.token, ttlMs }] as const];
  });
}
