/**
 * An unsigned 64-bit integer: a number up to 2^53 - 1, a bigint above, never the other way round. JavaScript compares
 * the two exactly with `<` and `>`, and since each value has one form only, `===` is exact too; common ids never meet
 * a bigint.
 */
export type U64 = number | bigint;

/** The id of a stream entry: milliseconds, then a sequence number. */
export interface StreamId {
  readonly ms: U64;
  readonly seq: U64;
}

const U64_MAXIMUM = 2n ** 64n - 1n;
const PART = /^[ \t\n\v\f\r]*\+?([0-9]+)$/;

/** The smallest id, 0-0: never the id of an entry. */
export const MINIMUM_ID: StreamId = { ms: 0, seq: 0 };

/** The greatest id, 18446744073709551615-18446744073709551615. */
export const MAXIMUM_ID: StreamId = { ms: U64_MAXIMUM, seq: U64_MAXIMUM };

/** Negative, zero or positive as the left id is before, equal to or after the right one. */
export function compareIds(left: StreamId, right: StreamId): number {
  if (left.ms !== right.ms) return left.ms < right.ms ? -1 : 1;
  if (left.seq !== right.seq) return left.seq < right.seq ? -1 : 1;
  return 0;
}

function increment(value: U64): U64 | undefined {
  if (typeof value === 'number' && value < Number.MAX_SAFE_INTEGER) return value + 1;
  const next = BigInt(value) + 1n;
  return next > U64_MAXIMUM ? undefined : next;
}

function decrement(value: U64): U64 | undefined {
  if (typeof value === 'number') return value === 0 ? undefined : value - 1;
  return normalizeU64(value - 1n);
}

/** The one form of a value from 0 to 2^64 - 1. Throws RangeError outside. */
export function normalizeU64(value: bigint): U64 {
  if (value < 0n || value > U64_MAXIMUM) throw new RangeError(`Not an unsigned 64-bit integer: ${value}`);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The next id; undefined after the greatest. */
export function nextId(id: StreamId): StreamId | undefined {
  const seq = increment(id.seq);
  if (seq !== undefined) return { ms: id.ms, seq };
  const ms = increment(id.ms);
  return ms === undefined ? undefined : { ms, seq: 0 };
}

/** The id before; undefined before 0-0. */
export function previousId(id: StreamId): StreamId | undefined {
  const seq = decrement(id.seq);
  if (seq !== undefined) return { ms: id.ms, seq };
  const ms = decrement(id.ms);
  return ms === undefined ? undefined : { ms, seq: U64_MAXIMUM };
}

/** Up to this many digits a number is exact, and read without the regular expression: nearly every id is. */
const plainDigits = 15;

function parsePlain(text: string): number | undefined {
  if (text.length === 0 || text.length > plainDigits) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function parsePart(text: string): U64 | undefined {
  const plain = parsePlain(text);
  if (plain !== undefined) return plain;
  const match = PART.exec(text);
  if (match === null) return undefined;
  const digits = match[1]!;
  if (digits.length <= 15) return Number(digits);
  const value = BigInt(digits);
  return value > U64_MAXIMUM ? undefined : normalizeU64(value);
}

/**
 * Reads `ms-seq`, or `ms` alone with `missingSeq` as its sequence. Undefined for anything else (`-`, `+`, `$`, `*`
 * and `(` are the caller's matter).
 */
export function parseId(text: string, missingSeq: U64): StreamId | undefined {
  if (text.length > 127) return undefined;
  const dash = text.indexOf('-');
  const ms = parsePart(dash < 0 ? text : text.slice(0, dash));
  const seq = dash < 0 ? missingSeq : parsePart(text.slice(dash + 1));
  return ms === undefined || seq === undefined ? undefined : { ms, seq };
}

/** Reads `ms-*`, which asks XADD for the next sequence of that millisecond; undefined for anything else. */
export function parseMsWithOpenSequence(text: string): U64 | undefined {
  return text.length <= 127 && text.endsWith('-*') ? parsePart(text.slice(0, -2)) : undefined;
}

/** Prints `ms-seq`. */
export function formatId(id: StreamId): string {
  return `${id.ms}-${id.seq}`;
}
