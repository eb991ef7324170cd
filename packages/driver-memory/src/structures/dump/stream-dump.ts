import { ConsumerGroup } from '../stream/consumer-group.js';
import { Stream } from '../stream/stream.js';
import { MINIMUM_ID, normalizeU64, type StreamId, type U64 } from '../stream/stream-id.js';
import type { StreamNode } from '../stream/stream-log.js';
import { type ByteReader, CorruptPayloadError } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import {
  readBlob,
  readCount,
  readLongLength,
  readString,
  writeBlob,
  writeLength,
  writeString,
} from './dump-strings.js';
import { packList, unpackList } from './listpack.js';

const deletedFlag = 1;
const sameFieldsFlag = 2;
const unknownReads = 2n ** 64n - 1n;

/** Writes a stream: its nodes, its counters, its groups with all that is pending. Holes of deleted entries are left out. */
export function writeStream(writer: ByteWriter, stream: Stream): void {
  writeLength(writer, stream.log.nodes.length);
  for (const node of stream.log.nodes) writeNode(writer, node);
  writeLength(writer, stream.length);
  writeIdLengths(writer, stream.lastId);
  writeIdLengths(writer, stream.firstId);
  writeIdLengths(writer, stream.maxDeletedId);
  writeLength(writer, stream.entriesAdded);
  writeLength(writer, stream.groups.size);
  for (const [name, group] of stream.groups) {
    writeString(writer, name);
    writeIdLengths(writer, group.lastId);
    writeLength(writer, group.entriesRead ?? unknownReads);
    writeLength(writer, group.pending.size);
    group.pending.forEachFrom(MINIMUM_ID, ({ id, deliveredAtMs, deliveries }) => {
      writeRawId(writer, id);
      writer.uint64LE(BigInt(Math.floor(deliveredAtMs)));
      writeLength(writer, deliveries);
      return true;
    });
    writeLength(writer, group.consumers.size);
    for (const consumer of group.consumersByName()) {
      writeString(writer, consumer.name);
      writer.uint64LE(BigInt(Math.floor(consumer.seenAtMs)));
      writeLength(writer, consumer.pending.size);
      consumer.pending.forEachFrom(MINIMUM_ID, ({ id }) => {
        writeRawId(writer, id);
        return true;
      });
    }
  }
}

function writeNode(writer: ByteWriter, { ms, seq, fields, masterFields, live }: StreamNode): void {
  const first = fields.findIndex((entry) => entry !== undefined);
  const master: StreamId = { ms: ms[first] as U64, seq: seq[first] as U64 };
  const items = [String(live), '0', String(masterFields.length), ...masterFields, '0'];
  fields.forEach((entry, i) => {
    if (entry === undefined) return;
    const count = entry.length / 2;
    const same = count === masterFields.length && masterFields.every((field, at) => entry[2 * at] === field);
    const difference = [minus(ms[i] as U64, master.ms), minus(seq[i] as U64, master.seq)];
    if (same) {
      const values = entry.filter((_item, at) => at % 2 === 1);
      items.push(String(sameFieldsFlag), ...difference, ...values, String(count + 3));
    } else items.push('0', ...difference, String(count), ...entry, String(2 * count + 4));
  });
  const key = Buffer.alloc(16);
  key.writeBigUInt64BE(BigInt(master.ms));
  key.writeBigUInt64BE(BigInt(master.seq), 8);
  writeBlob(writer, key);
  writeBlob(writer, packList(items));
}

/** The difference as the 64 bits of Redis: sequences may go down within a node. */
function minus(left: U64, right: U64): string {
  return String(BigInt.asIntN(64, BigInt(left) - BigInt(right)));
}

function writeIdLengths(writer: ByteWriter, { ms, seq }: StreamId): void {
  writeLength(writer, ms);
  writeLength(writer, seq);
}

function writeRawId(writer: ByteWriter, { ms, seq }: StreamId): void {
  writer.uint64BE(BigInt(ms));
  writer.uint64BE(BigInt(seq));
}

/** Reads a stream. `withActiveTime`: consumers carry the time of their last success (since Redis 7.2). */
export function readStream(reader: ByteReader, withActiveTime: boolean): Stream {
  const stream = new Stream();
  for (let left = readCount(reader); left > 0; left--) {
    const key = readBlob(reader);
    if (key.length !== 16) throw new CorruptPayloadError('not the id of a node');
    readNode(
      stream,
      { ms: key.readBigUInt64BE(), seq: key.readBigUInt64BE(8) },
      unpackList(readBlob(reader)),
    );
  }
  if (readLongLength(reader) !== stream.length) throw new CorruptPayloadError('another number of entries');
  stream.lastId = readIdLengths(reader);
  readIdLengths(reader);
  stream.maxDeletedId = readIdLengths(reader);
  stream.entriesAdded = Number(readLongLength(reader));
  for (let left = readCount(reader); left > 0; left--) readGroup(stream, reader, withActiveTime);
  return stream;
}

function readNode(stream: Stream, master: { ms: bigint; seq: bigint }, items: readonly string[]): void {
  let at = 0;
  const next = (): string => {
    const item = items[at++];
    if (item === undefined) throw new CorruptPayloadError('a node ends too early');
    return item;
  };
  const total = Number(next()) + Number(next());
  const masterFields = Array.from({ length: countOf(next(), items) }, next);
  next();
  stream.log.startNode(masterFields);
  for (let left = countOf(String(total), items); left > 0; left--) {
    const flags = Number(next());
    const ms = BigInt.asUintN(64, master.ms + BigInt(next()));
    const seq = BigInt.asUintN(64, master.seq + BigInt(next()));
    const fields =
      (flags & sameFieldsFlag) !== 0
        ? masterFields.flatMap((field) => [field, next()])
        : Array.from({ length: countOf(next(), items) * 2 }, next);
    next();
    if ((flags & deletedFlag) !== 0) continue;
    stream.log.appendToNode({ ms: normalizeU64(ms), seq: normalizeU64(seq) }, fields);
  }
}

function countOf(text: string, items: readonly string[]): number {
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 0 && count <= items.length))
    throw new CorruptPayloadError('not a count');
  return count;
}

function readGroup(stream: Stream, reader: ByteReader, withActiveTime: boolean): void {
  const name = readString(reader);
  const lastId = readIdLengths(reader);
  const read = readLongLength(reader);
  const group = new ConsumerGroup(lastId, read === unknownReads ? undefined : Number(read));
  if (stream.groups.has(name)) throw new CorruptPayloadError('two groups of one name');
  stream.groups.set(name, group);
  const pending = new Map<string, { deliveredAtMs: number; deliveries: number }>();
  for (let left = readCount(reader); left > 0; left--) {
    const key = reader.text(16);
    pending.set(key, {
      deliveredAtMs: Number(reader.uint64LE()),
      deliveries: Number(readLongLength(reader)),
    });
  }
  for (let left = readCount(reader); left > 0; left--) {
    const consumer = group.createConsumer(readString(reader), Number(reader.uint64LE()));
    if (consumer === undefined) throw new CorruptPayloadError('two consumers of one name');
    if (withActiveTime) consumer.activeAtMs = Number(BigInt.asIntN(64, reader.uint64LE()));
    for (let own = readCount(reader); own > 0; own--) {
      const key = reader.text(16);
      const entry = pending.get(key);
      if (entry === undefined) throw new CorruptPayloadError('an entry pending with a consumer alone');
      pending.delete(key);
      const bytes = Buffer.from(key, 'latin1');
      const id = { ms: normalizeU64(bytes.readBigUInt64BE()), seq: normalizeU64(bytes.readBigUInt64BE(8)) };
      group.assign(id, consumer, entry.deliveredAtMs, entry.deliveries);
    }
  }
  if (pending.size > 0) throw new CorruptPayloadError('an entry pending with no consumer');
}

function readIdLengths(reader: ByteReader): StreamId {
  return { ms: readLongLength(reader), seq: readLongLength(reader) };
}
