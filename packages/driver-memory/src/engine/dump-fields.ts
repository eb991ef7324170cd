import { type ByteReader, CorruptPayloadError } from '../structures/dump/byte-reader.js';
import type { ByteWriter } from '../structures/dump/byte-writer.js';
import {
  readBlob,
  readCount,
  readLongLength,
  readString,
  writeLength,
  writeString,
} from '../structures/dump/dump-strings.js';
import { unpackList } from '../structures/dump/listpack.js';
import { FieldHash } from '../structures/hash-table/field-hash.js';

/** Redis' (since 7.4) and Valkey's (since 9) numbers for hashes whose fields have deadlines. */
const fieldHashTypes = { redis: 24, redisListpack: 25, valkey: 22 } as const;

const noDeadline = -1n;

/** Writes a hash with the deadlines of its fields, as a Redis since 7.4 reads it; or, told so, as a Valkey since 9. */
export function writeFieldHash(writer: ByteWriter, hash: FieldHash, forValkey: boolean): void {
  writer.byte(forValkey ? fieldHashTypes.valkey : fieldHashTypes.redis);
  const first = BigInt(Number.isFinite(hash.nextDeadlineMs) ? hash.nextDeadlineMs : 0);
  if (!forValkey) writer.uint64LE(first);
  writeLength(writer, hash.size);
  hash.forEach((text, field) => {
    const deadlineMs = hash.deadlineOf(field);
    // Redis counts from just before the first deadline, and 0 says that there is none.
    if (!forValkey) writeLength(writer, deadlineMs === undefined ? 0 : BigInt(deadlineMs) - first + 1n);
    writeString(writer, field);
    writeString(writer, text);
    if (forValkey) writer.intLE(deadlineMs === undefined ? noDeadline : BigInt(deadlineMs), 8);
  });
}

/** Whether a kind of value is one of these. */
export function isFieldHash(type: number): boolean {
  return (
    type === fieldHashTypes.redis || type === fieldHashTypes.redisListpack || type === fieldHashTypes.valkey
  );
}

/** Reads one of the kinds of hashes with deadlines. */
export function readFieldHash(reader: ByteReader, type: number): FieldHash {
  if (type === fieldHashTypes.valkey) return readValkeyHash(reader);
  const hash = new FieldHash();
  const first = reader.uint64LE();
  if (type === fieldHashTypes.redisListpack) {
    const items = unpackList(readBlob(reader));
    for (let i = 0; i + 2 < items.length; i += 3) {
      add(hash, items[i] as string, items[i + 1] as string, Number(items[i + 2]));
    }
    return hash;
  }
  for (let left = readCount(reader); left > 0; left--) {
    const distance = BigInt(readLongLength(reader));
    const field = readString(reader);
    add(hash, field, readString(reader), distance === 0n ? 0 : Number(first + distance - 1n));
  }
  return hash;
}

function readValkeyHash(reader: ByteReader): FieldHash {
  const hash = new FieldHash();
  for (let left = readCount(reader); left > 0; left--) {
    const field = readString(reader);
    const text = readString(reader);
    const deadline = reader.intLE(8);
    add(hash, field, text, deadline === noDeadline ? 0 : Number(deadline));
  }
  return hash;
}

function add(hash: FieldHash, field: string, text: string, deadlineMs: number): void {
  if (!hash.set(field, text)) throw new CorruptPayloadError('a field twice');
  if (deadlineMs > 0) hash.setDeadline(field, deadlineMs);
}
