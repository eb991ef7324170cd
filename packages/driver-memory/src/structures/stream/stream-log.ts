import { emptyNodeBytes, entryBytes } from './node-size.js';
import { compareIds, type StreamId, type U64 } from './stream-id.js';

/** An entry: its id and its fields and values in turn (name, value, name, value …). */
export interface StreamEntry {
  readonly id: StreamId;
  readonly fields: readonly string[];
}

/** Where XADD opens a new node: `stream-node-max-entries` and `stream-node-max-bytes` of the server; 0 is no limit. */
export interface NodeLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** The defaults of Redis. */
export const DEFAULT_NODE_LIMITS: NodeLimits = { maxEntries: 100, maxBytes: 4096 };

const BYTES_HARD_LIMIT = 2 ** 30;

/** A run of entries in parallel columns. Deleted entries stay as holes until the whole node goes, as in Redis. */
export interface StreamNode {
  readonly ms: U64[];
  readonly seq: U64[];
  readonly fields: (readonly string[] | undefined)[];
  readonly masterFields: readonly string[];
  live: number;
  bytes: number;
}

/**
 * The entries of a stream, in nodes of the same extent as Redis' own: append and removal of the oldest node O(1),
 * seek O(log n), removal in the middle O(log n). Ids must be appended in rising order (the stream checks).
 */
export class StreamLog {
  readonly nodes: StreamNode[] = [];
  length: number = 0;

  append(id: StreamId, fields: readonly string[], limits: NodeLimits = DEFAULT_NODE_LIMITS): void {
    const last = this.nodes[this.nodes.length - 1];
    if (last === undefined || isFull(last, fields, limits)) {
      this.startNode(fields.filter((_field, index) => index % 2 === 0));
    }
    this.appendToNode(id, fields);
  }

  /** Begins a node, whatever room the last one has; for streams that are read back. An entry must follow. */
  startNode(masterFields: readonly string[]): void {
    this.nodes.push({
      ms: [],
      seq: [],
      fields: [],
      masterFields,
      live: 0,
      bytes: emptyNodeBytes(masterFields),
    });
  }

  /** Appends to the last node, which must be there. */
  appendToNode(id: StreamId, fields: readonly string[]): void {
    const node = this.nodes[this.nodes.length - 1]!;
    node.ms.push(id.ms);
    node.seq.push(id.seq);
    node.fields.push(fields);
    node.live += 1;
    node.bytes += entryBytes(id, { ms: node.ms[0]!, seq: node.seq[0]! }, fields, node.masterFields);
    this.length += 1;
  }

  get(id: StreamId): StreamEntry | undefined {
    const at = this.nodeFor(id);
    const node = this.nodes[at];
    if (node === undefined) return undefined;
    const index = lowerIndex(node, id);
    const fields = node.fields[index];
    if (fields === undefined || node.ms[index] !== id.ms || node.seq[index] !== id.seq) return undefined;
    return { id, fields };
  }

  has(id: StreamId): boolean {
    return this.get(id) !== undefined;
  }

  /** Removes one entry; false when it is not there. */
  delete(id: StreamId): boolean {
    if (!this.has(id)) return false;
    const at = this.nodeFor(id);
    const node = this.nodes[at]!;
    node.fields[lowerIndex(node, id)] = undefined;
    node.live -= 1;
    this.length -= 1;
    if (node.live === 0) this.nodes.splice(at, 1);
    return true;
  }

  /** Entries from `start` to `end`, both included, at most `count`; reverse starts from `end`. */
  range(start: StreamId, end: StreamId, count: number, reverse: boolean = false): StreamEntry[] {
    const result: StreamEntry[] = [];
    if (count <= 0 || compareIds(start, end) > 0) return result;
    let at = Math.max(0, this.nodeFor(reverse ? end : start));
    const step = reverse ? -1 : 1;
    for (let node = this.nodes[at]; node !== undefined; at += step, node = this.nodes[at]) {
      const from = reverse ? lastIndexUpTo(node, end) : lowerIndex(node, start);
      for (let index = from; index >= 0 && index < node.ms.length; index += step) {
        const id: StreamId = { ms: node.ms[index]!, seq: node.seq[index]! };
        if (reverse ? compareIds(id, start) < 0 : compareIds(id, end) > 0) return result;
        const fields = node.fields[index];
        if (fields === undefined) continue;
        result.push({ id, fields });
        if (result.length >= count) return result;
      }
    }
    return result;
  }

  /** The oldest entry (or the newest), deleted ones skipped. */
  edge(newest: boolean): StreamEntry | undefined {
    for (let turn = 0; turn < this.nodes.length; turn += 1) {
      const node = this.nodes[newest ? this.nodes.length - 1 - turn : turn]!;
      if (node.live === 0) continue;
      const index = newest
        ? node.fields.findLastIndex((fields) => fields !== undefined)
        : node.fields.findIndex((fields) => fields !== undefined);
      return { id: { ms: node.ms[index]!, seq: node.seq[index]! }, fields: node.fields[index]! };
    }
    return undefined;
  }

  /** Index of the last node whose first id is at or before the id; -1 when there is none. */
  private nodeFor(id: StreamId): number {
    let low = 0;
    let high = this.nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const node = this.nodes[middle]!;
      if (isBefore(id.ms, id.seq, node.ms[0]!, node.seq[0]!)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }
}

function isBefore(leftMs: U64, leftSeq: U64, rightMs: U64, rightSeq: U64): boolean {
  return leftMs < rightMs || (leftMs === rightMs && leftSeq < rightSeq);
}

function isFull(node: StreamNode, fields: readonly string[], limits: NodeLimits): boolean {
  let added = 0;
  for (const field of fields) added += field.length;
  const maxBytes = limits.maxBytes === 0 ? BYTES_HARD_LIMIT : Math.min(limits.maxBytes, BYTES_HARD_LIMIT);
  if (node.bytes + added >= maxBytes) return true;
  return limits.maxEntries > 0 && node.ms.length >= limits.maxEntries;
}

function lowerIndex(node: StreamNode, id: StreamId): number {
  let low = 0;
  let high = node.ms.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(node.ms[middle]!, node.seq[middle]!, id.ms, id.seq)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lastIndexUpTo(node: StreamNode, id: StreamId): number {
  const index = lowerIndex(node, id);
  return index < node.ms.length && node.ms[index] === id.ms && node.seq[index] === id.seq ? index : index - 1;
}
