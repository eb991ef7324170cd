import dueSetLua from './scripts/due-set.lua';
import leaseLua from './scripts/lease.lua';

/** `addDue`, `takeDue` and `nextDueMs`, for a script's `fragments`: members with the time at which they are due. */
export const dueSetFragments: readonly string[] = [dueSetLua];

/** `holdLease` and `endLease`, for a script's `fragments`: a key that one holder has at a time. */
export const leaseFragments: readonly string[] = [leaseLua];
