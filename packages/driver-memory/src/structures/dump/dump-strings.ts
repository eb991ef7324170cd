import { parseInteger } from '../numbers/integer.js';
import { type ByteReader, CorruptPayloadError } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { decompressLzf } from './lzf.js';

const int8 = 0xc0;
const int16 = 0xc1;
const int32 = 0xc2;
const lzf = 0xc3;
const longestInteger = 11;

/** Writes a length, in one, two, five or nine bytes. */
export function writeLength(writer: ByteWriter, length: number | bigint): void {
  if (length < 64) writer.byte(Number(length));
  else if (length < 16_384) {
    writer.byte(0x40 | (Number(length) >> 8));
    writer.byte(Number(length) & 255);
  } else if (length < 2 ** 32) {
    writer.byte(0x80);
    writer.uint32BE(Number(length));
  } else {
    writer.byte(0x81);
    writer.uint64BE(BigInt(length));
  }
}

/** Writes a string; small integers take one, two or four bytes. */
export function writeString(writer: ByteWriter, text: string): void {
  const integer = text.length <= longestInteger ? parseInteger(text) : undefined;
  if (typeof integer === 'number' && integer >= -(2 ** 31) && integer < 2 ** 31) {
    const [sign, size] =
      (integer << 24) >> 24 === integer
        ? [int8, 1]
        : (integer << 16) >> 16 === integer
          ? [int16, 2]
          : [int32, 4];
    writer.byte(sign);
    writer.intLE(BigInt(integer), size);
    return;
  }
  writeLength(writer, text.length);
  writer.text(text);
}

/** Writes bytes as a string that is never taken for an integer. */
export function writeBlob(writer: ByteWriter, bytes: Uint8Array): void {
  writeLength(writer, bytes.length);
  writer.raw(bytes);
}

/** A length beyond 2^53 comes as a bigint. */
export function readLongLength(reader: ByteReader): number | bigint {
  const first = reader.byte();
  if (first < 0x40) return first;
  if (first < 0x80) return ((first & 63) << 8) | reader.byte();
  if (first === 0x80) return reader.uint32BE();
  if (first === 0x81) {
    const value = reader.uint64BE();
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }
  throw new CorruptPayloadError('not a length');
}

/** A length that something of this payload can have. */
export function readLength(reader: ByteReader): number {
  const length = readLongLength(reader);
  if (typeof length === 'bigint') throw new CorruptPayloadError('a length beyond the payload');
  return length;
}

/** A number of items: each takes at least a byte, so that a lie costs nothing. */
export function readCount(reader: ByteReader): number {
  const count = readLength(reader);
  if (count > reader.left) throw new CorruptPayloadError('more items than bytes');
  return count;
}

/** A string as bytes. */
export function readBlob(reader: ByteReader): Buffer {
  return Buffer.from(readString(reader), 'latin1');
}

/** A string: raw, an integer, or compressed. */
export function readString(reader: ByteReader): string {
  const peeked = reader.byte();
  if (peeked === int8) return String(reader.intLE(1));
  if (peeked === int16) return String(reader.intLE(2));
  if (peeked === int32) return String(reader.intLE(4));
  if (peeked === lzf) {
    const packed = readLength(reader);
    const length = readLength(reader);
    return decompressLzf(reader.raw(packed), length).toString('latin1');
  }
  if (peeked < 0x40) return reader.text(peeked);
  if (peeked < 0x80) return reader.text(((peeked & 63) << 8) | reader.byte());
  if (peeked === 0x80) return reader.text(reader.uint32BE());
  if (peeked === 0x81) return reader.text(Number(reader.uint64BE()));
  throw new CorruptPayloadError('not a string');
}
