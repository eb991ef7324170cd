import { FieldHash } from '../structures/hash-table/field-hash.js';
import { KeySet } from '../structures/hash-table/key-set.js';
import { ChunkedList } from '../structures/list/chunked-list.js';
import { SortedSet } from '../structures/sorted-set/sorted-set.js';
import { type Consumer, ConsumerGroup } from '../structures/stream/consumer-group.js';
import { Stream } from '../structures/stream/stream.js';
import { MINIMUM_ID } from '../structures/stream/stream-id.js';
import type { Value } from './value.js';

/** A copy that shares nothing that can change. */
export function copyValue(value: Value): Value {
  if (typeof value === 'string') return value;
  if (value instanceof ChunkedList) {
    const copy = new ChunkedList();
    for (const item of value.range(0, value.size - 1)) copy.pushTail(item);
    return copy;
  }
  if (value instanceof FieldHash) return copyHash(value);
  if (value instanceof KeySet) {
    const copy = new KeySet();
    value.forEachKey((member) => void copy.add(member));
    return copy;
  }
  if (value instanceof SortedSet) {
    const copy = new SortedSet();
    value.forEach((member, score) => void copy.set(member, score));
    return copy;
  }
  return value instanceof Stream ? copyStream(value) : value.toString();
}

function copyHash(hash: FieldHash): FieldHash {
  const copy = new FieldHash();
  hash.forEach((text, field) => {
    copy.insert(field, text);
    const deadlineMs = hash.deadlineOf(field);
    if (deadlineMs !== undefined) copy.setDeadline(field, deadlineMs);
  });
  copy.hasHadDeadlines = hash.hasHadDeadlines;
  return copy;
}

function copyStream(stream: Stream): Stream {
  const copy = new Stream();
  // Node by node, so that approximate trimming ends where it would in the original.
  for (const node of stream.log.nodes) {
    copy.log.nodes.push({ ...node, ms: [...node.ms], seq: [...node.seq], fields: [...node.fields] });
  }
  copy.log.length = stream.log.length;
  copy.lastId = stream.lastId;
  copy.maxDeletedId = stream.maxDeletedId;
  copy.entriesAdded = stream.entriesAdded;
  for (const [name, group] of stream.groups) {
    const groupCopy = new ConsumerGroup(group.lastId, group.entriesRead);
    for (const consumer of group.consumers.values()) {
      const { seenAtMs, activeAtMs } = consumer;
      Object.assign(groupCopy.createConsumer(consumer.name, seenAtMs) as Consumer, { activeAtMs });
    }
    group.pending.forEachFrom(MINIMUM_ID, ({ id, consumer, deliveredAtMs, deliveries }) => {
      groupCopy.assign(id, groupCopy.consumers.get(consumer.name) as Consumer, deliveredAtMs, deliveries);
      return true;
    });
    copy.groups.set(name, groupCopy);
  }
  return copy;
}
