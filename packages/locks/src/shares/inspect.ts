import { processIdLength } from '../lease/tokens.js';
import type { SharesState } from './commands.js';

/** One lease on a semaphore or read-write lock. */
export interface ShareHolder {
  /** The id of its `Locks`. */
  readonly process: string;
  /** Its `owner` option; undefined also while a lease that was granted waits to be claimed. */
  readonly owner: string | undefined;
  readonly weight: number;
  readonly fence: bigint;
  readonly ttlMs: number;
}

/** A process in the queue of a semaphore or read-write lock. */
export interface ShareWaiter {
  readonly process: string;
  readonly weight: number;
  /** Server time in ms since 1970 when it took its place. */
  readonly since: number;
}

/** Who holds a semaphore or read-write lock, and who waits for it. */
export interface SharesInspection {
  /** How much may be held in sum. */
  readonly limit: number;
  /** How much is free: the limit without the weights of all holders. Below 0 after a resize to less than is held. */
  readonly free: number;
  /** In the order in which they were granted. */
  readonly holders: readonly ShareHolder[];
  /** In the order in which they will be served. */
  readonly waiting: readonly ShareWaiter[];
  /** Server time in ms since 1970 of all this. */
  readonly at: number;
}

/** Reads the state for people. */
export function sharesInspectionOf({ serverMs, limit, holders, waiters }: SharesState): SharesInspection {
  const held = records(holders).map(([token = '', weight, till, fence = '0', owner]) => ({
    process: token.slice(0, processIdLength),
    owner: owner || undefined,
    weight: Number(weight),
    fence: BigInt(fence),
    ttlMs: Number(till) - serverMs,
  }));
  const queue = records(waiters).map(([token = '', , weight, expiry, since]) => ({
    process: token.slice(0, processIdLength),
    weight: Number(weight),
    since: Number(since),
    silentForMs: Number(expiry) - serverMs,
  }));
  const live = held.filter(({ ttlMs }) => ttlMs > 0);
  return {
    limit,
    free: limit - live.reduce((sum, { weight }) => sum + weight, 0),
    holders: live,
    waiting: queue
      .filter(({ silentForMs }) => silentForMs > 0)
      .map(({ silentForMs: _, ...waiter }) => waiter),
    at: serverMs,
  };
}

function records(text: string): string[][] {
  return text
    .split(';')
    .slice(0, -1)
    .map((record) => record.split(','));
}
