import { parseInteger } from '../numbers/integer.js';
import { ByteReader, CorruptPayloadError } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

const end = 0xff;
const headBytes = 6;
const unknownCount = 0xffff;

/** Integers by size: sign byte of the entry, and how many bytes follow. */
const integerSizes: readonly (readonly [sign: number, bytes: number])[] = [
  [0xf1, 2],
  [0xf2, 3],
  [0xf3, 4],
  [0xf4, 8],
];

/** Packs items into a listpack of Redis; what reads as a 64-bit integer becomes one. */
export function packList(items: readonly string[]): Buffer {
  const body = new ByteWriter();
  for (const item of items) {
    const before = body.length;
    writeItem(body, item);
    writeBackLength(body, body.length - before);
  }
  const whole = new ByteWriter();
  whole.uint32LE(headBytes + body.length + 1);
  whole.uint16LE(Math.min(items.length, unknownCount));
  whole.raw(body.bytes);
  whole.byte(end);
  return whole.bytes;
}

function writeItem(body: ByteWriter, item: string): void {
  const integer = item.length <= 20 ? parseInteger(item) : undefined;
  if (integer !== undefined) {
    const value = BigInt(integer);
    if (value >= 0n && value <= 127n) body.byte(Number(value));
    else if (value >= -4096n && value <= 4095n) {
      const bits = Number(BigInt.asUintN(13, value));
      body.byte(0xc0 | (bits >> 8));
      body.byte(bits & 255);
    } else {
      const [sign, size] = integerSizes.find(([, bytes]) => BigInt.asIntN(bytes * 8, value) === value) as [
        number,
        number,
      ];
      body.byte(sign);
      body.intLE(value, size);
    }
    return;
  }
  if (item.length < 64) body.byte(0x80 | item.length);
  else if (item.length < 4096) {
    body.byte(0xe0 | (item.length >> 8));
    body.byte(item.length & 255);
  } else {
    body.byte(0xf0);
    body.uint32LE(item.length);
  }
  body.text(item);
}

function backLengthBytes(length: number): number {
  if (length <= 127) return 1;
  if (length < 16_383) return 2;
  if (length < 2_097_151) return 3;
  return length < 268_435_455 ? 4 : 5;
}

function writeBackLength(body: ByteWriter, length: number): void {
  const count = backLengthBytes(length);
  for (let i = count - 1; i >= 0; i--) {
    const bits = Math.floor(length / 2 ** (7 * i)) & 127;
    body.byte(i === count - 1 ? bits : bits | 128);
  }
}

/** The items of a listpack. Throws CorruptPayloadError. */
export function unpackList(bytes: Uint8Array): string[] {
  const reader = new ByteReader(bytes);
  if (reader.uint32LE() !== bytes.length) throw new CorruptPayloadError('a listpack has another length');
  const count = reader.uint16LE();
  const items: string[] = [];
  for (let sign = reader.byte(); sign !== end; sign = reader.byte()) {
    const before = reader.left + 1;
    items.push(readItem(reader, sign));
    reader.raw(backLengthBytes(before - reader.left));
  }
  if (reader.left > 0 || (count !== unknownCount && count !== items.length)) {
    throw new CorruptPayloadError('a listpack has another number of items');
  }
  return items;
}

function readItem(reader: ByteReader, sign: number): string {
  if (sign < 0x80) return String(sign);
  if (sign < 0xc0) return reader.text(sign & 63);
  if (sign < 0xe0) return String(BigInt.asIntN(13, BigInt(((sign & 31) << 8) | reader.byte())));
  if (sign < 0xf0) return reader.text(((sign & 15) << 8) | reader.byte());
  if (sign === 0xf0) return reader.text(reader.uint32LE());
  const size = integerSizes.find(([known]) => known === sign)?.[1];
  if (size === undefined) throw new CorruptPayloadError('a listpack has an unknown kind of item');
  return String(reader.intLE(size));
}
