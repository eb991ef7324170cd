import type { ResolvedFreshness } from '../options.js';

/** What stands before a value: when it was made, under which position, and how long it serves. */
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
}

/** First byte of every entry: the layout. */
const layout = 0xc1;
const originBytes = 6;
/** No header is longer: what `seen` needs at most of bytes that have none. */
const longest = 2 + originBytes + 6 * 8;

/** Characters of an origin: as base64url they are six bytes. */
export const originLength = 8;

/**
 * An entry: layout byte, flag byte (1: expired, set in place by the server), origin, then position, creation, the three
 * times and the load's duration as variable-length integers (LEB128), then the value. Some 25 bytes before the value.
 */
export function writeEntry(header: Header, value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(longest + value.byteLength);
  bytes[0] = layout;
  bytes[1] = header.expired ? 1 : 0;
  bytes.write(header.origin, 2, originBytes, 'base64url');
  let at = 2 + originBytes;
  const { position, createdMs, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, loadMs } = header;
  for (let number of [position, createdMs, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, loadMs]) {
    while (number >= 128) {
      bytes[at++] = (number % 128) | 128;
      number = Math.floor(number / 128);
    }
    bytes[at++] = number;
  }
  bytes.set(value, at);
  return bytes.subarray(0, at + value.byteLength);
}

/** An entry taken apart; undefined when the bytes are none. */
export function readEntry(
  data: Uint8Array,
): { readonly header: Header; readonly seen: Uint8Array; readonly value: Uint8Array } | undefined {
  if (data.byteLength < 2 + originBytes + 6 || data[0] !== layout) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let at = 2 + originBytes;
  const numbers: number[] = [];
  for (let i = 0; i < 6; i++) {
    let number = 0;
    let weight = 1;
    let byte: number | undefined;
    do {
      byte = bytes[at++];
      if (byte === undefined || weight > 2 ** 49) return undefined;
      number += (byte & 127) * weight;
      weight *= 128;
    } while (byte >= 128);
    numbers.push(number);
  }
  const [position, createdMs, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, loadMs] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const origin = bytes.toString('base64url', 2, 2 + originBytes);
  const expired = bytes[1] !== 0;
  return {
    header: { expired, origin, position, createdMs, ttlMs, staleWhileRevalidateMs, staleIfErrorMs, loadMs },
    seen: bytes.subarray(0, at),
    value: bytes.subarray(at),
  };
}

/** By what the server recognises these bytes again. */
export function beginningOf(data: Uint8Array): Uint8Array {
  return data.subarray(0, longest);
}
