import { InvalidArgumentError } from '@penknife/core';

/** Remembers the newest fence of one resource, in memory. */
export interface FenceGuard {
  /** The newest fence seen; 0n before the first. */
  readonly newest: bigint;
  /** True, and remembered, when no newer fence was seen; false for the fence of an earlier holder. */
  admit(fence: bigint): boolean;
}

/** A guard for one resource that lives in one process: for tests, and for resources that only this process writes. */
export function createFenceGuard(): FenceGuard {
  let newest = 0n;
  return {
    get newest() {
      return newest;
    },
    admit(fence) {
      if (typeof fence !== 'bigint') throw new InvalidArgumentError('fence', 'must be a bigint', fence);
      if (fence < newest) return false;
      newest = fence;
      return true;
    },
  };
}
