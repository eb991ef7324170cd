import { slotOf } from '@penknife/core';

/**
 * The partition of a key: its hash slot (CRC16, as a cluster computes it, hash tags included) modulo the number of
 * partitions. Producers in other languages can compute it.
 */
export function partitionOf(key: string, partitions: number): number {
  return slotOf(key) % partitions;
}

/** How many partitions the member at `rank` of `members` should have: as many as every other, or one more. */
export function fairShare(partitions: number, members: number, rank: number): number {
  return Math.floor(partitions / members) + (rank < partitions % members ? 1 : 0);
}
