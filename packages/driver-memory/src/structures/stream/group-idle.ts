import type { ConsumerGroup, PendingEntry } from './consumer-group.js';
import type { Stream } from './stream.js';
import { compareIds, MINIMUM_ID, type StreamId } from './stream-id.js';

/** An entry taken over, with what was known of it before. */
export interface IdleEntry {
  readonly id: StreamId;
  readonly fields: readonly string[];
  readonly idleMs: number;
  readonly deliveries: number;
}

/** Who takes over, and what: entries idle for so long, at most `count`. */
export interface ClaimIdleOptions {
  readonly consumer: string;
  readonly minimumIdleMs: number;
  readonly count: number;
  readonly nowMs: number;
}

/**
 * XREADGROUP CLAIM (Redis 8.4): gives pending entries that are idle for long enough to a consumer, the longest idle first, those of
 * one millisecond by id. Entries that no longer exist are passed over. Looks at every pending entry of the group.
 */
export function claimIdle(stream: Stream, group: ConsumerGroup, options: ClaimIdleOptions): IdleEntry[] {
  const { minimumIdleMs, count, nowMs } = options;
  const idle: { readonly pending: PendingEntry; readonly fields: readonly string[] }[] = [];
  group.pending.forEachFrom(MINIMUM_ID, (pending) => {
    if (nowMs - pending.deliveredAtMs < minimumIdleMs) return true;
    const fields = stream.log.get(pending.id)?.fields;
    if (fields !== undefined) idle.push({ pending, fields });
    return true;
  });
  idle.sort(({ pending: a }, { pending: b }) => a.deliveredAtMs - b.deliveredAtMs || compareIds(a.id, b.id));
  return idle.slice(0, count).map(({ pending, fields }) => {
    const before = {
      id: pending.id,
      fields,
      idleMs: nowMs - pending.deliveredAtMs,
      deliveries: pending.deliveries,
    };
    const consumer = group.consumer(options.consumer, nowMs);
    group.hand(pending, consumer);
    pending.deliveredAtMs = nowMs;
    pending.deliveries += 1;
    consumer.activeAtMs = nowMs;
    return before;
  });
}

/** The shortest time between two looks at a group. */
const shortestLookMs = 10;

/** How long nothing more can become idle for so long. */
export function nextIdleMs(group: ConsumerGroup, minimumIdleMs: number, nowMs: number): number {
  let next = minimumIdleMs;
  group.pending.forEachFrom(MINIMUM_ID, ({ deliveredAtMs }) => {
    next = Math.min(next, deliveredAtMs + minimumIdleMs - nowMs);
    return true;
  });
  return Math.max(next, shortestLookMs);
}
