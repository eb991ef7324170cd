import type { Codec } from '@penknife/core';
import { type Position, readPosition } from '../position.js';

/**
 * What every message travels in: the mark (0x02), the version (`1`), the codec's id, the 12 characters of the publisher's
 * origin, its running number in base 36, `;`, the position (`epoch:offset`; empty on `fire` channels), a line feed, the body.
 */
export interface Frame {
  readonly bytes: Buffer;
  /** The character code of the codec's id. */
  readonly codecId: number;
  readonly position: Position | undefined;
  /** Where origin and running number end. */
  readonly idEnd: number;
  readonly bodyStart: number;
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
  return { bytes, codecId: bytes[2] as number, position, idEnd: separator, bodyStart: end + 1 };
}

/** The publisher of a frame. */
export function originOf({ bytes }: Frame): string {
  return bytes.toString('latin1', idStart, numberStart);
}

/** True when the publisher of a frame is this one, which is found out without making a string. */
export function isOrigin({ bytes }: Frame, origin: string): boolean {
  for (let i = 0; i < originLength; i++) {
    if (bytes[idStart + i] !== origin.charCodeAt(i)) return false;
  }
  return true;
}

/** What tells a frame from every other: origin and running number. */
export function idOf({ bytes, idEnd }: Frame): string {
  return bytes.toString('latin1', idStart, idEnd);
}

/** What the codec made. */
export function bodyOf({ bytes, bodyStart }: Frame): Uint8Array {
  return bytes.subarray(bodyStart);
}
