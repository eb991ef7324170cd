import { ByteReader, CorruptPayloadError } from '../structures/dump/byte-reader.js';
import { ByteWriter } from '../structures/dump/byte-writer.js';
import { crc64 } from '../structures/dump/crc64.js';
import {
  readBlob,
  readCount,
  readLength,
  readString,
  writeBlob,
  writeLength,
  writeString,
} from '../structures/dump/dump-strings.js';
import { packIntegers, unpackIntegers } from '../structures/dump/intset.js';
import { packList, unpackList } from '../structures/dump/listpack.js';
import { readStream, writeStream } from '../structures/dump/stream-dump.js';
import { FieldHash } from '../structures/hash-table/field-hash.js';
import { KeySet } from '../structures/hash-table/key-set.js';
import { ChunkedList } from '../structures/list/chunked-list.js';
import { formatDouble } from '../structures/numbers/format-double.js';
import { parseScore } from '../structures/numbers/parse-score.js';
import { SortedSet } from '../structures/sorted-set/sorted-set.js';
import type { Stream } from '../structures/stream/stream.js';
import { isFieldHash, readFieldHash, writeFieldHash } from './dump-fields.js';
import type { KeyEntry, Kind, Value } from './value.js';

/** The format of Redis 7.0, which later servers read. */
const version = 10;
const footerBytes = 10;
const itemsPerNode = 128;
const packedNode = 2n;

/** Kinds of values in a payload, by Redis' numbers. */
const types = {
  string: 0,
  listOfStrings: 1,
  set: 2,
  hash: 4,
  sortedSet: 5,
  intset: 11,
  streamUntil70: 15,
  hashListpack: 16,
  sortedSetListpack: 17,
  quicklist: 18,
  stream: 19,
  setListpack: 20,
  streamSince72: 21,
  streamSince86: 26,
} as const;

/** A value read from a payload. */
export interface LoadedValue {
  readonly kind: Kind;
  readonly value: Value;
}

/**
 * The payload of DUMP: kind, value, version, checksum; one char code a byte. A real Redis of 7.0 or later restores it; deadlines of
 * fields are written for the product whose servers are to read them.
 */
export function dumpValue(entry: KeyEntry, product: 'redis' | 'valkey' = 'redis'): string {
  const writer = new ByteWriter();
  writeValue(writer, entry, product);
  return sealed(writer);
}

/** Ends a payload with its version and checksum. */
export function sealed(writer: ByteWriter): string {
  writer.uint16LE(version);
  writer.uint64LE(crc64(writer.bytes));
  return writer.bytes.toString('latin1');
}

/** The payload without its end; undefined when it is later than `latest` or the checksum is wrong. */
export function opened(payload: string, latest: number = version): ByteReader | undefined {
  const bytes = Buffer.from(payload, 'latin1');
  if (bytes.length < footerBytes) return undefined;
  const body = bytes.subarray(0, bytes.length - footerBytes);
  if (bytes.readUInt16LE(body.length) > latest) return undefined;
  const sum = bytes.readBigUInt64LE(bytes.length - 8);
  return sum === crc64(bytes.subarray(0, bytes.length - 8)) ? new ByteReader(body) : undefined;
}

/** Writes kind and value of a key. */
function writeValue(writer: ByteWriter, { kind, value, grown }: KeyEntry, product: 'redis' | 'valkey'): void {
  switch (kind) {
    case 'string':
      writer.byte(types.string);
      writeString(writer, typeof value === 'string' ? value : String(value));
      return;
    case 'list':
      writeList(writer, value as ChunkedList);
      return;
    case 'set':
      writeSet(writer, value as KeySet, grown);
      return;
    case 'hash':
      if (Number.isFinite((value as FieldHash).nextDeadlineMs)) {
        writeFieldHash(writer, value as FieldHash, product === 'valkey');
      } else writeHash(writer, value as FieldHash, grown === true);
      return;
    case 'zset':
      writeSortedSet(writer, value as SortedSet, grown === true);
      return;
    case 'stream':
      writer.byte(types.stream);
      writeStream(writer, value as Stream);
  }
}

function writeList(writer: ByteWriter, list: ChunkedList): void {
  writer.byte(types.quicklist);
  writeLength(writer, Math.ceil(list.size / itemsPerNode));
  for (let from = 0; from < list.size; from += itemsPerNode) {
    writeLength(writer, packedNode);
    writeBlob(writer, packList(list.range(from, Math.min(from + itemsPerNode, list.size) - 1)));
  }
}

function writeSet(writer: ByteWriter, set: KeySet, grown: KeyEntry['grown']): void {
  const members: string[] = [];
  set.forEachKey((member) => void members.push(member));
  if (grown === 'listpack') {
    writer.byte(types.setListpack);
    writeBlob(writer, packList(members));
    return;
  }
  writer.byte(grown ? types.set : types.intset);
  if (grown) {
    writeLength(writer, members.length);
    for (const member of members) writeString(writer, member);
  } else writeBlob(writer, packIntegers(members.map(BigInt)));
}

function writeHash(writer: ByteWriter, hash: FieldHash, grown: boolean): void {
  const items: string[] = [];
  hash.forEach((text, field) => void items.push(field, text));
  writer.byte(grown ? types.hash : types.hashListpack);
  if (grown) {
    writeLength(writer, hash.size);
    for (const item of items) writeString(writer, item);
  } else writeBlob(writer, packList(items));
}

function writeSortedSet(writer: ByteWriter, set: SortedSet, grown: boolean): void {
  if (!grown) {
    const items: string[] = [];
    set.forEach((member, score) => void items.push(member, formatDouble(score, 'seventeen-digits')));
    writer.byte(types.sortedSetListpack);
    writeBlob(writer, packList(items));
    return;
  }
  writer.byte(types.sortedSet);
  writeLength(writer, set.size);
  // From the highest down, as the server does: so each is read back at the front.
  set.forEachIn(
    { from: 0, to: set.size },
    (member, score) => {
      writeString(writer, member);
      writer.doubleLE(score);
    },
    { reverse: true },
  );
}

/** Reads kind and value; throws CorruptPayloadError for what no Redis writes. Old packings (ziplists) are not read. */
export function readValue(reader: ByteReader): LoadedValue {
  const type = reader.byte();
  const loaded = readKind(reader, type);
  const { kind, value } = loaded;
  if (kind !== 'string' && kind !== 'stream' && (value as { size: number }).size === 0) {
    throw new CorruptPayloadError('an empty collection');
  }
  return loaded;
}

function readKind(reader: ByteReader, type: number): LoadedValue {
  if (isFieldHash(type)) return { kind: 'hash', value: readFieldHash(reader, type) };
  switch (type) {
    case types.string:
      return { kind: 'string', value: readString(reader) };
    case types.listOfStrings:
      return listOf(Array.from({ length: readCount(reader) }, () => readString(reader)));
    case types.quicklist:
      return listOf(readNodes(reader));
    case types.set:
      return setOf(Array.from({ length: readCount(reader) }, () => readString(reader)));
    case types.intset:
      return setOf(unpackIntegers(readBlob(reader)));
    case types.setListpack:
      return setOf(unpackList(readBlob(reader)));
    case types.hash:
      return hashOf(Array.from({ length: readCount(reader) * 2 }, () => readString(reader)));
    case types.hashListpack:
      return hashOf(unpackList(readBlob(reader)));
    case types.sortedSet:
      return sortedSetOf(
        Array.from({ length: readCount(reader) }, () => [readString(reader), reader.doubleLE()] as const),
      );
    case types.sortedSetListpack:
      return sortedSetOf(pairsOf(unpackList(readBlob(reader))));
    case types.stream:
    case types.streamSince72:
    case types.streamSince86:
      // What was added once by its id comes last, and is left out.
      return { kind: 'stream', value: readStream(reader, type !== types.stream) };
    default:
      throw new CorruptPayloadError(`a value of kind ${type}`);
  }
}

function readNodes(reader: ByteReader): string[] {
  const items: string[] = [];
  for (let left = readCount(reader); left > 0; left--) {
    const container = readLength(reader);
    if (container === 1) items.push(readString(reader));
    else if (container === 2) for (const item of unpackList(readBlob(reader))) items.push(item);
    else throw new CorruptPayloadError('a node of a list of an unknown kind');
  }
  return items;
}

function listOf(items: readonly string[]): LoadedValue {
  const list = new ChunkedList();
  for (const item of items) list.pushTail(item);
  return { kind: 'list', value: list };
}

function setOf(members: readonly string[]): LoadedValue {
  const set = new KeySet();
  for (const member of members) if (!set.add(member)) throw new CorruptPayloadError('a member twice');
  return { kind: 'set', value: set };
}

function hashOf(items: readonly string[]): LoadedValue {
  if (items.length % 2 !== 0) throw new CorruptPayloadError('a field without a value');
  const hash = new FieldHash();
  for (let i = 0; i < items.length; i += 2) {
    if (!hash.set(items[i] as string, items[i + 1] as string)) throw new CorruptPayloadError('a field twice');
  }
  return { kind: 'hash', value: hash };
}

function pairsOf(items: readonly string[]): (readonly [string, number])[] {
  if (items.length % 2 !== 0) throw new CorruptPayloadError('a member without a score');
  const pairs: (readonly [string, number])[] = [];
  for (let i = 0; i < items.length; i += 2) {
    pairs.push([items[i] as string, parseScore(items[i + 1] as string) ?? Number.NaN]);
  }
  return pairs;
}

function sortedSetOf(pairs: readonly (readonly [string, number])[]): LoadedValue {
  const set = new SortedSet();
  for (const [member, score] of pairs) {
    if (Number.isNaN(score)) throw new CorruptPayloadError('a score that is no number');
    if (set.set(member, score) !== 'added') throw new CorruptPayloadError('a member twice');
  }
  return { kind: 'zset', value: set };
}
