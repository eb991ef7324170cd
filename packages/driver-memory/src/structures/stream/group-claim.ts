import type { ConsumerGroup, PendingEntry } from './consumer-group.js';
import type { Stream } from './stream.js';
import { MINIMUM_ID, type StreamId } from './stream-id.js';
import type { StreamEntry } from './stream-log.js';

/**
 * Options of XCLAIM. The consumer is created only when something is claimed, as in Redis 7.0 (from 7.2 on the caller
 * creates it first). `deliveredAtMs` is what TIME or IDLE come to; `deliveries` is RETRYCOUNT.
 */
export interface ClaimOptions {
  readonly consumer: string;
  readonly minimumIdleMs: number;
  readonly nowMs: number;
  readonly deliveredAtMs?: number;
  readonly deliveries?: number;
  readonly force?: boolean;
  readonly justId?: boolean;
}

/** Entries now with the claiming consumer, and ids dropped from the pending list because the entry no longer exists. */
export interface Claimed {
  readonly entries: StreamEntry[];
  readonly deletedIds: StreamId[];
}

/**
 * XCLAIM: gives pending entries, idle for long enough, to a consumer. `force` also makes entries pending that were
 * not. An id whose entry no longer exists is dropped from the pending list (Redis 7.0) and not claimed.
 */
export function claim(
  stream: Stream,
  group: ConsumerGroup,
  ids: readonly StreamId[],
  options: ClaimOptions,
): Claimed {
  const result: Claimed = { entries: [], deletedIds: [] };
  for (const id of ids) {
    const entry = stream.log.get(id);
    let pending = group.pending.get(id);
    if (entry === undefined) {
      if (pending !== undefined) {
        group.acknowledge(id);
        result.deletedIds.push(id);
      }
      continue;
    }
    if (pending === undefined) {
      if (options.force !== true) continue;
      pending = group.assign(id, group.consumer(options.consumer, options.nowMs), options.nowMs, 1);
    } else if (isTooFresh(pending, options.minimumIdleMs, options.nowMs)) {
      continue;
    }
    take(group, pending, options);
    result.entries.push(entry);
  }
  return result;
}

function isTooFresh(pending: PendingEntry, minimumIdleMs: number, nowMs: number): boolean {
  return minimumIdleMs > 0 && nowMs - pending.deliveredAtMs < minimumIdleMs;
}

function take(group: ConsumerGroup, pending: PendingEntry, options: ClaimOptions): void {
  const consumer = group.consumer(options.consumer, options.nowMs);
  group.hand(pending, consumer);
  pending.deliveredAtMs = options.deliveredAtMs ?? options.nowMs;
  if (options.deliveries !== undefined) pending.deliveries = options.deliveries;
  else if (options.justId !== true) pending.deliveries += 1;
  consumer.activeAtMs = options.nowMs;
}

/** Pending entries looked at by one XAUTOCLAIM, as a multiple of its COUNT. */
const ATTEMPTS_PER_COUNT = 10;

/** What XAUTOCLAIM gives: as `Claimed`, and where to go on (0-0 when the list was walked to its end). */
export interface AutoClaimed extends Claimed {
  readonly cursor: StreamId;
}

/**
 * XAUTOCLAIM: walks the pending list from `start`, claims what is idle for long enough, drops what no longer exists;
 * stops after `count` of both together, or after ten times as many looked at.
 */
export function autoClaim(
  stream: Stream,
  group: ConsumerGroup,
  start: StreamId,
  count: number,
  options: Pick<ClaimOptions, 'consumer' | 'minimumIdleMs' | 'nowMs' | 'justId'>,
): AutoClaimed {
  const found: PendingEntry[] = [];
  const entries: StreamEntry[] = [];
  const gone: PendingEntry[] = [];
  let attempts = count * ATTEMPTS_PER_COUNT;
  let cursor: StreamId = MINIMUM_ID;
  group.pending.forEachFrom(start, (pending) => {
    if (attempts <= 0 || found.length + gone.length >= count) {
      cursor = pending.id;
      return false;
    }
    attempts -= 1;
    const entry = stream.log.get(pending.id);
    if (entry === undefined) {
      gone.push(pending);
    } else if (!isTooFresh(pending, options.minimumIdleMs, options.nowMs)) {
      found.push(pending);
      entries.push(entry);
    }
    return true;
  });
  for (const pending of gone) group.acknowledge(pending.id);
  for (const pending of found) take(group, pending, options);
  return { cursor, entries, deletedIds: gone.map(({ id }) => id) };
}
