import { exactInteger, integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import { MutableBytes } from '../../engine/mutable-bytes.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { bytesForWrite, bytesOf } from '../string/text-value.js';

const badBitOffset = failure('bit offset is not an integer or out of range');
const badBit = failure('bit is not an integer or out of range');
const bitsAllowed = 512 * 1024 * 1024 * 8;

/** A bit's place: below 2^32; `#n` counts in units of `width` where that is allowed. */
export function bitOffset(text: string, width = 0): number {
  const scaled = width > 0 && text.startsWith('#');
  const value = integer(scaled ? text.slice(1) : text, badBitOffset) * (scaled ? width : 1);
  if (value < 0 || value >= bitsAllowed) throw badBitOffset;
  return value;
}

function setbit(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const offset = bitOffset(args[2] as string);
  const bit = exactInteger(args[3] as string, badBit);
  if (bit !== 0 && bit !== 1) throw badBit;
  const value = bytesForWrite(session, key);
  const lengthBefore = value.length;
  value.grow(Math.floor(offset / 8) + 1);
  const { bytes } = value;
  const at = Math.floor(offset / 8);
  const mask = 0x80 >> (offset & 7);
  const old = ((bytes[at] as number) & mask) === 0 ? 0 : 1;
  bytes[at] = bit === 1 ? (bytes[at] as number) | mask : (bytes[at] as number) & ~mask;
  if (bit !== old || value.length > lengthBefore) session.db.changed(key, '$', 'setbit', session);
  return old;
}

function getbit(session: Session, args: readonly string[]): Reply {
  const offset = bitOffset(args[2] as string);
  const value = session.db.read(args[1] as string, 'string');
  if (value === undefined) return 0;
  const at = Math.floor(offset / 8);
  const byte = typeof value === 'string' ? value.charCodeAt(at) : (value.bytes[at] ?? 0);
  return at < value.length && (byte & (0x80 >> (offset & 7))) !== 0 ? 1 : 0;
}

/** Whether a unit says bits; bytes when there is none. */
function countsBits(unit: string | undefined): boolean {
  if (unit === undefined || isOption(unit, 'BYTE')) return false;
  if (!isOption(unit, 'BIT')) throw syntaxError;
  return true;
}

/** A range of BITCOUNT and BITPOS, in bits, both ends included; undefined: nothing in it. */
function bitRange(
  first: number,
  last: number,
  inBits: boolean,
  bytes: number,
): { from: number; to: number } | undefined {
  let start = first;
  let end = last;
  const total = inBits ? bytes * 8 : bytes;
  if (start < 0) start = Math.max(0, start + total);
  if (end < 0) end = Math.max(0, end + total);
  end = Math.min(end, total - 1);
  if (start > end) return undefined;
  return inBits ? { from: start, to: end } : { from: start * 8, to: end * 8 + 7 };
}

function bitcount(session: Session, args: readonly string[]): Reply {
  const { db, engine } = session;
  // Redis 7.0 looks at the key first, later servers at the arguments.
  const early = engine.profile.isLater ? undefined : db.read(args[1] as string, 'string');
  if (early === undefined && !engine.profile.isLater) return 0;
  const needsEnd = engine.profile.product === 'redis';
  if ((args.length === 3 && needsEnd) || args.length > 5) throw syntaxError;
  const first = integer(args[2] ?? '0');
  // Valkey, whose end may be left out, looks at the unit before the end.
  if (!needsEnd) countsBits(args[4]);
  const last = integer(args[3] ?? '-1');
  // A range from the end that runs backwards is empty here; BITPOS cuts it to the string first.
  const isBackwards = first < 0 && last < 0 && first > last;
  // Redis 7.0 does not look at the unit of one any more.
  if (early !== undefined && isBackwards) return 0;
  const inBits = countsBits(args[4]);
  const value = early ?? db.read(args[1] as string, 'string');
  const range = value === undefined || isBackwards ? undefined : bitRange(first, last, inBits, value.length);
  if (value === undefined || range === undefined) return 0;
  const bytes = bytesOf(value);
  const firstByte = range.from >>> 3;
  const lastByte = Math.floor(range.to / 8);
  let count = 0;
  for (let at = firstByte; at <= lastByte; at++) {
    let byte = bytes[at] as number;
    if (at === firstByte) byte &= 0xff >> (range.from & 7);
    if (at === lastByte) byte &= 0xff << (7 - (range.to & 7));
    count += ones[byte & 0xff] as number;
  }
  return count;
}

const ones = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>>= 1) count += rest & 1;
  return count;
});

const badSoughtBit = failure('The bit argument must be 1 or 0.');

function bitpos(session: Session, args: readonly string[]): Reply {
  const bit = integer(args[2] as string);
  if (bit !== 0 && bit !== 1) throw badSoughtBit;
  const { db, engine } = session;
  const early = engine.profile.isLater ? undefined : db.read(args[1] as string, 'string');
  if (early === undefined && !engine.profile.isLater) return bit === 1 ? -1 : 0;
  if (args.length > 6) throw syntaxError;
  const first = integer(args[3] ?? '0');
  const inBits = countsBits(args[5]);
  const last = integer(args[4] ?? '-1');
  const value = early ?? db.read(args[1] as string, 'string');
  if (value === undefined) return bit === 1 ? -1 : 0;
  const range = bitRange(first, last, inBits, value.length);
  if (range === undefined) return -1;
  const bytes = bytesOf(value);
  const skipped = bit === 1 ? 0 : 0xff;
  for (let at = range.from; at <= range.to; ) {
    const byte = bytes[at >>> 3] as number;
    if ((at & 7) === 0 && byte === skipped) {
      at += 8;
      continue;
    }
    if (((byte >> (7 - (at & 7))) & 1) === bit) return at;
    at++;
  }
  // Without an end the string is thought to go on with zeros.
  return bit === 0 && args.length < 5 ? value.length * 8 : -1;
}

const notOneSource = failure('BITOP NOT must be called with a single source key.');

function bitop(session: Session, args: readonly string[]): Reply {
  const operation = (args[1] as string).toUpperCase();
  const combine = operations.get(operation);
  if (combine === undefined && operation !== 'NOT') throw syntaxError;
  if (operation === 'NOT' && args.length !== 4) throw notOneSource;
  const { db } = session;
  const sources = args.slice(3).map((key) => bytesOf(db.read(key, 'string') ?? ''));
  const target = args[2] as string;
  const length = sources.reduce((longest, source) => Math.max(longest, source.length), 0);
  if (length === 0) {
    if (db.peek(target) !== undefined && db.remove(target)) db.changed(target, 'g', 'del', session);
    return 0;
  }
  const value = new MutableBytes('');
  value.grow(length);
  const result = value.bytes;
  for (let at = 0; at < length; at++) {
    let byte = sources[0]?.[at] ?? 0;
    if (combine === undefined) byte = ~byte;
    else for (let i = 1; i < sources.length; i++) byte = combine(byte, sources[i]?.[at] ?? 0);
    result[at] = byte;
  }
  db.replace(target, 'string', value).grown = true;
  db.changed(target, '$', 'set', session);
  return length;
}

const operations: ReadonlyMap<string, (left: number, right: number) => number> = new Map([
  ['AND', (left: number, right: number) => left & right],
  ['OR', (left: number, right: number) => left | right],
  ['XOR', (left: number, right: number) => left ^ right],
]);

/** Single bits, counts, positions and combinations. */
export const bitCommands: CommandFamily = { setbit, getbit, bitcount, bitpos, bitop };
