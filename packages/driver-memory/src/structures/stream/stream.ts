import type { ConsumerGroup } from './consumer-group.js';
import { compareIds, MINIMUM_ID, nextId, type StreamId, type U64 } from './stream-id.js';
import { DEFAULT_NODE_LIMITS, type NodeLimits, StreamLog } from './stream-log.js';
import { type TrimRule, trimLog } from './stream-trim.js';

/**
 * A stream as Redis keeps it: the log, the counters XINFO shows, and the consumer groups by name. The fields may be
 * set freely (XSETID); `append`, `delete` and `trim` keep them right.
 */
export class Stream {
  readonly log: StreamLog = new StreamLog();
  readonly groups: Map<string, ConsumerGroup> = new Map();
  lastId: StreamId = MINIMUM_ID;
  maxDeletedId: StreamId = MINIMUM_ID;
  entriesAdded: number = 0;

  get length(): number {
    return this.log.length;
  }

  /** Id of the oldest entry, 0-0 when the stream is empty. */
  get firstId(): StreamId {
    return this.log.edge(false)?.id ?? MINIMUM_ID;
  }

  /** The id XADD `*` takes at this time: the time, or the successor of the last id; undefined when ids ran out. */
  automaticId(nowMs: number): StreamId | undefined {
    return nowMs > this.lastId.ms ? { ms: nowMs, seq: 0 } : nextId(this.lastId);
  }

  /** The id XADD `ms-*` takes; undefined when that millisecond is past or its sequences ran out. */
  idWithOpenSequence(ms: U64): StreamId | undefined {
    if (ms > this.lastId.ms) return { ms, seq: 0 };
    if (ms < this.lastId.ms) return undefined;
    const next = nextId(this.lastId);
    return next !== undefined && next.ms === ms ? next : undefined;
  }

  /** Appends an entry; false when the id is not after the last one. `fields`: name, value, name, value … */
  append(id: StreamId, fields: readonly string[], limits: NodeLimits = DEFAULT_NODE_LIMITS): boolean {
    if (compareIds(id, this.lastId) <= 0) return false;
    this.log.append(id, fields, limits);
    this.lastId = id;
    this.entriesAdded += 1;
    return true;
  }

  /** Deletes one entry and remembers the greatest id ever deleted; false when it is not there. */
  delete(id: StreamId): boolean {
    if (!this.log.delete(id)) return false;
    if (compareIds(id, this.maxDeletedId) > 0) this.maxDeletedId = id;
    return true;
  }

  /** Removes the oldest entries by the rule; trimmed entries do not count as deleted. Returns how many went. */
  trim(rule: TrimRule): number {
    return trimLog(this.log, rule);
  }
}
