import type { Codec } from '@penknife/core';
import { type Position, readPosition } from '../position.js';

/**
 * What every message travels in: the mark (0x02), the version (`1`), the codec's id, the 12 characters of the publisher's
 * origin, its running number in base 36, `;`, the position (`epoch:offset`; empty on `fire` channels), a line feed, the body.
 */
export interface Frame {
  readonly codecId: string;
  readonly origin: string;
  /** Origin and running number: no two publishes share it. */
  readonly id: string;
  readonly position: Position | undefined;
  readonly body: Uint8Array;
}

/** How long an origin is, in characters. */
const originLength = 12;

const mark = 0x02;
const version = 0x31;
const lineFeed = 0x0a;
const semicolon = 0x3b;
const idStart = 3;
const numberStart = idStart + originLength;
/** The longest a header may be; what has no line feed by then is not ours. */
const longestHeader = numberStart + 16 + 1 + 96;

/** The head of a frame, up to where its position begins. A script adds position, line feed and body. */
export function frameHead(codec: Codec<never>, id: string): string {
  return `\u00021${codec.id}${id};`;
}

/** A whole frame without a position, for `fire` channels. Text stays text. */
export function frameWithoutPosition(head: string, body: string | Uint8Array): string | Uint8Array {
  if (typeof body === 'string') return `${head}\n${body}`;
  return Buffer.concat([Buffer.from(`${head}\n`, 'latin1'), body]);
}

/** Reads a frame; undefined for everything that is not one: a value, never an exception. */
export function readFrame(payload: Uint8Array): Frame | undefined {
  if (payload.byteLength <= numberStart || payload[0] !== mark || payload[1] !== version) return undefined;
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const longest = Math.min(bytes.length, longestHeader);
  let separator = numberStart;
  while (separator < longest && bytes[separator] !== semicolon) separator++;
  let end = separator + 1;
  while (end < longest && bytes[end] !== lineFeed) end++;
  if (end >= longest) return undefined;
  let position: Position | undefined;
  if (end > separator + 1) {
    position = readPosition(bytes.toString('latin1', separator + 1, end));
    if (position === undefined) return undefined;
  }
  const id = bytes.toString('latin1', idStart, separator);
  return {
    codecId: String.fromCharCode(bytes[2] ?? 0),
    origin: id.slice(0, originLength),
    id,
    position,
    body: bytes.subarray(end + 1),
  };
}
