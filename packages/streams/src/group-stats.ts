import { checkObject } from '@penknife/core';
import type { GroupFigures } from './commands/group.js';
import { timeOfId } from './entry/position.js';

/** How far a group is, all of one moment. */
export interface GroupStats {
  readonly group: string;
  /** When, in ms since 1970 by the clock of the server. */
  readonly atMs: number;
  /** Entries not yet delivered to the group. */
  readonly lag: number;
  /** False when neither the server knew the lag for sure nor a bounded count from either end: then it is an estimate. */
  readonly exact: boolean;
  /** Delivered and not acknowledged, retries that wait included. */
  readonly pending: number;
  /** Of those: waiting for their next try. */
  readonly retries: number;
  readonly deadLetters: number;
  readonly consumers: number;
  /** Age, in ms, of the oldest entry that is not acknowledged, delivered or not; null when there is none. */
  readonly oldestUnackedAgeMs: number | null;
  /** Entries in the log. */
  readonly length: number;
}

/**
 * At most this many entries are counted on either side of the cursor where the server does not know the lag for sure: they
 * are read with all that is in them.
 */
export const countLimit = 100;

/** Turns a group's figures into stats. Never says 0 for "unknown". */
export function statsOf(group: string, figures: GroupFigures): GroupStats {
  const { lag, oldestId, serverMs, pending, retries, deadLetters, consumers, length } = figures;
  return {
    group,
    atMs: serverMs,
    lag: lag ?? estimateLag(figures),
    exact: lag !== null,
    pending,
    retries,
    deadLetters,
    consumers,
    oldestUnackedAgeMs: oldestId === '' ? null : Math.max(0, serverMs - timeOfId(oldestId)),
    length,
  };
}

/** The figures of all partitions as one; consumers are counted in each. */
export function addStats(parts: readonly GroupStats[]): GroupStats {
  return parts.reduce((all, one) => ({
    group: all.group,
    atMs: Math.max(all.atMs, one.atMs),
    lag: all.lag + one.lag,
    exact: all.exact && one.exact,
    pending: all.pending + one.pending,
    retries: all.retries + one.retries,
    deadLetters: all.deadLetters + one.deadLetters,
    consumers: all.consumers + one.consumers,
    oldestUnackedAgeMs: older(all.oldestUnackedAgeMs, one.oldestUnackedAgeMs),
    length: all.length + one.length,
  }));
}

function older(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.max(left, right);
}

/** The server's word, else as if entries had come evenly over the time the log covers; within what was counted. */
function estimateLag({ firstId, lastId, deliveredId, length, claimedLag }: GroupFigures): number {
  const [first, last] = [timeOfId(firstId), timeOfId(lastId)];
  const delivered = Math.max(first, timeOfId(deliveredId));
  const share = last > first ? (last - delivered) / (last - first) : 1;
  return Math.min(length - countLimit, Math.max(countLimit, claimedLag ?? Math.round(length * share)));
}

/**
 * How long the group needs until nothing is left to do, in ms, if it goes on as it did between two looks; 0 when nothing is
 * left, null when it does not get less.
 */
export function timeToDrainMs(earlier: GroupStats, later: GroupStats): number | null {
  checkObject('earlier', earlier);
  checkObject('later', later);
  const left = later.lag + later.pending;
  if (left === 0) return 0;
  const done = earlier.lag + earlier.pending - left;
  const tookMs = later.atMs - earlier.atMs;
  return done > 0 && tookMs > 0 ? Math.ceil((left * tookMs) / done) : null;
}
