import { checkObject, InvalidArgumentError } from '@penknife/core';

/** Checks lanes and their weights; throws `InvalidArgumentError`. */
export function resolveLanes(
  lanes: Readonly<Record<string, number>> | undefined,
  partitions: number | undefined,
): ReadonlyMap<string, number> | undefined {
  if (lanes === undefined) return undefined;
  checkObject('lanes', lanes);
  const entries = Object.entries(lanes);
  if (partitions !== undefined || entries.length === 0 || entries.length > 20) {
    throw new InvalidArgumentError('lanes', 'must be 1 to 20, and not together with partitions', lanes);
  }
  for (const [lane, weight] of entries) {
    if (!/^\w{1,50}$/.test(lane)) {
      throw new InvalidArgumentError('name of a lane', 'must be a word of 1 to 50 characters', lane);
    }
    if (!Number.isSafeInteger(weight) || weight < 1 || weight > 1000) {
      throw new InvalidArgumentError(`weight of ${lane}`, 'must be a whole number from 1 to 1000', weight);
    }
  }
  return new Map(entries);
}
