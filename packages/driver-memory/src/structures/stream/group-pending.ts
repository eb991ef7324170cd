import type { ConsumerGroup } from './consumer-group.js';
import { compareIds, type StreamId } from './stream-id.js';

/** The short form of XPENDING: how many, from which id to which, and how many for each consumer that has any. */
export interface PendingSummary {
  readonly count: number;
  readonly firstId: StreamId | undefined;
  readonly lastId: StreamId | undefined;
  readonly consumers: readonly { readonly name: string; readonly count: number }[];
}

/** XPENDING without a range. Consumers come in byte order of their names. */
export function summarizePending(group: ConsumerGroup): PendingSummary {
  return {
    count: group.pending.size,
    firstId: group.pending.first?.id,
    lastId: group.pending.last?.id,
    consumers: group
      .consumersByName()
      .filter((consumer) => consumer.pending.size > 0)
      .map((consumer) => ({ name: consumer.name, count: consumer.pending.size })),
  };
}

/** One row of the long form of XPENDING; a delivery in the future counts as idle for 0 ms. */
export interface PendingRow {
  readonly id: StreamId;
  readonly consumer: string;
  readonly idleMs: number;
  readonly deliveries: number;
}

/** What the long form of XPENDING asks for: an id interval (both included), a limit, an idle time, maybe a consumer. */
export interface PendingQuery {
  readonly start: StreamId;
  readonly end: StreamId;
  readonly count: number;
  readonly nowMs: number;
  readonly minimumIdleMs?: number;
  readonly consumer?: string;
}

/** XPENDING with a range: rows in id order; an unknown consumer has none. */
export function listPending(group: ConsumerGroup, query: PendingQuery): PendingRow[] {
  const rows: PendingRow[] = [];
  const { minimumIdleMs = 0, nowMs } = query;
  const source = query.consumer === undefined ? group : group.consumers.get(query.consumer);
  if (source === undefined || query.count <= 0) return rows;
  source.pending.forEachFrom(query.start, (entry) => {
    if (compareIds(entry.id, query.end) > 0) return false;
    const idle = nowMs - entry.deliveredAtMs;
    if (minimumIdleMs > 0 && idle < minimumIdleMs) return true;
    rows.push({
      id: entry.id,
      consumer: entry.consumer.name,
      idleMs: Math.max(0, idle),
      deliveries: entry.deliveries,
    });
    return rows.length < query.count;
  });
  return rows;
}
