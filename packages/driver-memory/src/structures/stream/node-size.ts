import { parseInteger } from '../numbers/integer.js';
import type { U64 } from './stream-id.js';

/**
 * Sizes of stream nodes as Redis packs them (a listpack each), needed because XADD opens a new node by bytes as well
 * as by entries, and approximate trimming removes whole nodes only. Source: the listpack format description of Redis.
 */
const EMPTY_LISTPACK_BYTES = 7;

function backLength(size: number): number {
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}

/** Bytes of a packed integer. */
function packedIntegerBytes(value: number | bigint): number {
  if (value >= 0 && value <= 127) return 2;
  if (value >= -4096 && value <= 4095) return 3;
  if (value >= -32768 && value <= 32767) return 4;
  if (value >= -8388608 && value <= 8388607) return 5;
  if (value >= -2147483648 && value <= 2147483647) return 6;
  return 10;
}

/** Bytes of a packed byte string; strings that read as integers are packed as such. */
function packedStringBytes(text: string): number {
  const length = text.length;
  if (length > 0 && length <= 20 && text.charCodeAt(0) <= 57) {
    const integer = parseInteger(text);
    if (integer !== undefined) return packedIntegerBytes(integer);
  }
  const size = length + (length < 64 ? 1 : length < 4096 ? 2 : 5);
  return size + backLength(size);
}

/** What a new node holds before its first entry: header, counters and the master field names. */
export function emptyNodeBytes(masterFields: readonly string[]): number {
  let size = EMPTY_LISTPACK_BYTES + 2 * packedIntegerBytes(0) + packedIntegerBytes(masterFields.length);
  for (const field of masterFields) size += packedStringBytes(field);
  return size + packedIntegerBytes(0);
}

function difference(value: U64, base: U64): number | bigint {
  return typeof value === 'number' && typeof base === 'number' ? value - base : BigInt(value) - BigInt(base);
}

/** What one entry adds to a node; entries with the master's field names store values only. */
export function entryBytes(
  id: { readonly ms: U64; readonly seq: U64 },
  master: { readonly ms: U64; readonly seq: U64 },
  fields: readonly string[],
  masterFields: readonly string[],
): number {
  const pairs = fields.length / 2;
  let same = pairs === masterFields.length;
  for (let pair = 0; same && pair < pairs; pair += 1) same = fields[2 * pair] === masterFields[pair];
  let size = packedIntegerBytes(0);
  size +=
    packedIntegerBytes(difference(id.ms, master.ms)) + packedIntegerBytes(difference(id.seq, master.seq));
  if (!same) size += packedIntegerBytes(pairs);
  for (let index = same ? 1 : 0; index < fields.length; index += same ? 2 : 1)
    size += packedStringBytes(fields[index]!);
  return size + packedIntegerBytes(pairs + 3 + (same ? 0 : pairs + 1));
}
