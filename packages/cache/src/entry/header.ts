import type { ResolvedFreshness } from '../options.js';

/** What stands before a value: when it was made, under which position, how long it serves, and what it is tagged with. */
export interface Header extends ResolvedFreshness {
  /** Kept as a fallback only: `expire` was called. */
  readonly expired: boolean;
  /** Origin and position of the invalidation record, as they were before the load began. */
  readonly origin: string;
  readonly position: number;
  /** The server's clock before the load began. */
  readonly createdMs: number;
  /** How long the load took. */
  readonly loadMs: number;
  /** Ids of tags. */
  readonly tags: readonly string[];
}

/** An entry taken apart. */
export interface Entry {
  readonly header: Header;
  /** By how many bytes from its beginning the server recognises it again. */
  readonly seenBytes: number;
  readonly value: Uint8Array;
}

/** First byte of every entry: the layout. */
const layout = 0xc1;
const originBytes = 6;
const numbersAt = 2 + originBytes;
/** Where the numbers end at most: by so many bytes those are recognised that are no entry. */
export const longestHeader: number = numbersAt + 6 * 8;
const noTags: readonly string[] = [];

/** Characters of an origin: as base64url they are six bytes. */
export const originLength = 8;

/**
 * An entry: layout byte, flag byte (1: expired, set in place by the server), origin, then position, creation, the three
 * times and the load's duration as variable-length integers (LEB128), then how many tags and each with its length, then
 * the value. Some 26 bytes before the value of an entry without tags.
 */
export function writeEntry(header: Header, value: Uint8Array): Uint8Array {
  const { position, createdMs, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, loadMs, tags } = header;
  let most = longestHeader + 2 + value.byteLength;
  for (const tag of tags) most += 2 + tag.length;
  const bytes = Buffer.allocUnsafe(most);
  bytes[0] = layout;
  bytes[1] = header.expired ? 1 : 0;
  bytes.write(header.origin, 2, originBytes, 'base64url');
  let at = numbersAt;
  const number = (left: number): void => {
    while (left >= 128) {
      bytes[at++] = (left % 128) | 128;
      left = Math.floor(left / 128);
    }
    bytes[at++] = left;
  };
  for (const each of [position, createdMs, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, loadMs])
    number(each);
  number(tags.length);
  for (const tag of tags) {
    // Ids are ASCII: a byte for each character.
    number(tag.length);
    at += bytes.write(tag, at, 'latin1');
  }
  bytes.set(value, at);
  return bytes.subarray(0, at + value.byteLength);
}

/** An entry taken apart; undefined when the bytes are none. */
export function readEntry(data: Uint8Array): Entry | undefined {
  if (data.byteLength < numbersAt + 7 || data[0] !== layout) return undefined;
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const cursor = { at: numbersAt, broken: false };
  const position = readNumber(bytes, cursor);
  const createdMs = readNumber(bytes, cursor);
  const ttlMs = readNumber(bytes, cursor);
  const staleWhileRevalidateMs = readNumber(bytes, cursor);
  const staleIfErrorMs = readNumber(bytes, cursor);
  const loadMs = readNumber(bytes, cursor);
  const seenBytes = cursor.at;
  const tags = readTags(bytes, cursor);
  if (cursor.broken) return undefined;
  const origin = readOrigin(bytes);
  const expired = bytes[1] !== 0;
  return {
    header: {
      expired,
      origin,
      position,
      createdMs,
      ttlMs,
      staleWhileRevalidateMs,
      staleIfErrorMs,
      loadMs,
      tags,
    },
    seenBytes,
    value: bytes.subarray(cursor.at),
  };
}

interface Cursor {
  at: number;
  broken: boolean;
}

function readNumber(bytes: Uint8Array, cursor: Cursor): number {
  let number = 0;
  for (let weight = 1; weight <= 2 ** 49; weight *= 128) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) break;
    number += (byte & 127) * weight;
    if (byte < 128) return number;
  }
  cursor.broken = true;
  return 0;
}

function readTags(bytes: Buffer, cursor: Cursor): readonly string[] {
  const count = readNumber(bytes, cursor);
  if (count === 0) return noTags;
  const tags: string[] = [];
  for (let i = 0; i < count && !cursor.broken; i++) {
    const length = readNumber(bytes, cursor);
    const end = cursor.at + length;
    if (length === 0 || end > bytes.byteLength) cursor.broken = true;
    else tags.push(bytes.toString('latin1', cursor.at, end));
    cursor.at = end;
  }
  return tags;
}

/** Nearly every entry has the origin of the one before: its text is made once. */
let latest = { number: -1, text: '' };

function readOrigin(bytes: Buffer): string {
  const number = bytes.readUIntBE(2, originBytes);
  if (number !== latest.number) {
    latest = { number, text: bytes.toString('base64url', 2, 2 + originBytes) };
  }
  return latest.text;
}
