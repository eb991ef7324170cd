import type { CallOptions, Driver } from '@penknife/core';
import { type Door, openDoor } from '../lease/door.js';
import type { Leases } from '../lease/leases.js';
import type { Lock } from '../lease/lock.js';
import { sharesTerms } from '../lease/terms.js';
import { checkedCall, type ResolvedLocks } from '../options.js';
import { inspectShares } from './commands.js';
import { HeldWriteLock, type WriteLock } from './held-write-lock.js';
import { type SharesInspection, sharesInspectionOf } from './inspect.js';
import { ShareTarget } from './share-target.js';

/**
 * Many readers, or one writer. Every holder has a lease of its own. A waiting writer stops new readers, and goes in front of
 * readers that wait, unless they have waited for a second; a reader is never starved. A read lock cannot become a write
 * lock: two who tried would wait for each other. Release it, then write.
 */
export interface ReadWriteLock {
  readonly read: Door<Lock>;
  readonly write: Door<WriteLock>;
  /** Who holds it (a writer's weight is the limit, a reader's 1), and who waits. One command; changes nothing. */
  inspect(options?: CallOptions): Promise<SharesInspection>;
}

const limit = sharesTerms.mostHolders;

/** The read-write lock of one resource. */
export function openReadWriteLock(
  driver: Driver,
  leases: Leases,
  defaults: ResolvedLocks,
  resource: string,
  key: string,
): ReadWriteLock {
  const reader = new ShareTarget('read', resource, [key], { weight: 1, limit, first: false });
  const writer = new ShareTarget(
    'write',
    resource,
    [key],
    { weight: limit, limit, first: true },
    HeldWriteLock,
  );
  return {
    read: openDoor<Lock>(leases, defaults, reader),
    write: openDoor<WriteLock>(leases, defaults, writer),
    async inspect(call) {
      try {
        return sharesInspectionOf(await driver.send(inspectShares([key], limit), checkedCall(call)));
      } catch (error) {
        throw leases.keyError(error, { key });
      }
    },
  };
}
