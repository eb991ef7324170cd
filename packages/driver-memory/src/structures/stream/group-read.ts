import type { Consumer, ConsumerGroup } from './consumer-group.js';
import { advanceGroup } from './group-lag.js';
import type { Stream } from './stream.js';
import { MAXIMUM_ID, nextId, type StreamId } from './stream-id.js';
import type { StreamEntry } from './stream-log.js';

/**
 * What `readNew` needs: who asks, when, how many entries at most, and whether they become pending. The consumer is
 * created only when there is something to read, as in Redis 7.0 (from 7.2 on the caller creates it first).
 */
export interface ReadNewOptions {
  readonly consumer: string;
  readonly count: number;
  readonly noAck: boolean;
  readonly nowMs: number;
  /** See `advanceGroup`. */
  readonly looksBack?: boolean;
}

/**
 * XREADGROUP with `>`: the next entries nobody of the group was given; they become pending with the consumer (an
 * entry pending elsewhere after XGROUP SETID moves to it with one delivery). Moves the group on.
 */
export function readNew(stream: Stream, group: ConsumerGroup, options: ReadNewOptions): StreamEntry[] {
  const start = nextId(group.lastId);
  if (start === undefined) return [];
  const entries = stream.log.range(start, MAXIMUM_ID, options.count);
  if (entries.length === 0) return entries;
  const consumer = group.consumer(options.consumer, options.nowMs);
  // Reading without becoming responsible counts as no activity.
  if (!options.noAck) consumer.activeAtMs = options.nowMs;
  for (const { id } of entries) {
    advanceGroup(stream, group, id, options.looksBack === true);
    if (!options.noAck) group.assign(id, consumer, options.nowMs, 1);
  }
  return entries;
}

/** An entry of the own history; `fields` is undefined when the entry itself was deleted or trimmed. */
export interface HistoryEntry {
  readonly id: StreamId;
  readonly fields: readonly string[] | undefined;
}

/**
 * XREADGROUP with an id: what the consumer has pending after that id. Counts as one more delivery of each entry that
 * still exists.
 */
export function readHistory(
  stream: Stream,
  consumer: Consumer,
  after: StreamId,
  count: number,
  nowMs: number,
): HistoryEntry[] {
  const result: HistoryEntry[] = [];
  const start = nextId(after);
  if (start === undefined || count <= 0) return result;
  consumer.pending.forEachFrom(start, (pending) => {
    const fields = stream.log.get(pending.id)?.fields;
    if (fields !== undefined) {
      pending.deliveredAtMs = nowMs;
      pending.deliveries += 1;
    }
    result.push({ id: pending.id, fields });
    return result.length < count;
  });
  return result;
}
