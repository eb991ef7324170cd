import { createHash } from 'node:crypto';
import type { Arg, Reply } from '@penknife/core';
import type { ResolvedColumn } from './resolve-order.js';

/** Where a member stands: a number below 2^53, or the bytes of its digits in hexadecimal. Smaller (in its kind) is better. */
export type Place = number | string;

/** The values of a score. */
export type Values = Readonly<Record<string, number | bigint | undefined>>;

/** A member and where it stands. */
export interface Placement {
  readonly member: string;
  readonly place: Place;
}

/**
 * How an order is kept on a board. Each column is one digit, smaller is better, as large as the number of values it can take;
 * the first column is the most significant digit. `packed`: the digits are one exact number, a score of a sorted set.
 * `lexicographic`: the digits are bytes, put before the member's name in a sorted set that is ordered by its members.
 */
export interface Layout {
  readonly kind: 'packed' | 'lexicographic';
  readonly columns: readonly ResolvedColumn[];
  /** Bits the order needs. */
  readonly bits: number;
  /** Changes whenever a stored score would be read differently. Stands in the keys. */
  readonly fingerprint: string;
  /** What the scripts tell equals by: trailing time columns order them, but do not separate their ranks. */
  readonly tie: number;
  /** Bytes of a place in front of a member; 0: none. */
  readonly width: number;
  /** How large each digit can be, as the scripts take it. */
  readonly limits: readonly Arg[];
  /** A digit as the scripts take it; one that is out of bounds (of a change alone) stands for no digit at all. */
  digit(column: number, digit: bigint): Arg;
  /** A change of a digit as the scripts take it. */
  change(column: number, change: bigint): Arg;
  /** A place of digits. */
  placeOf(digits: readonly bigint[]): Place;
  /** The digits of a place. */
  digitsOf(place: Place): readonly bigint[];
  /** The columns of a place. `epochMs`: what time columns count from, undefined for their own `since`. */
  scoreAt(place: Place, epochMs: number | undefined): Values;
  /** Equal for places that differ in trailing time columns alone. */
  resultOf(place: Place): Place;
  placeArg(place: Place): Arg;
  readPlace(reply: Reply | undefined): Place;
  readRows(reply: Reply | undefined): readonly Placement[];
  /** A place as text without dots. */
  writePlace(place: Place): string;
  /** The place of such a text; undefined for any other text. */
  parsePlace(text: string): Place | undefined;
}

/** How many values each column can take. `periodMs`: the longest period of the board, from whose start time columns count. */
export function radicesOf(
  columns: readonly ResolvedColumn[],
  periodMs: number | undefined,
): readonly bigint[] {
  return columns.map((column) =>
    column.kind === 'value'
      ? column.high - column.low + 1n
      : BigInt(Math.ceil((periodMs ?? column.spanMs) / column.unitMs)),
  );
}

/** Bits of a number of values, to a tenth. */
export function bitsOf(radix: bigint): number {
  const text = radix.toString(2);
  const lead = Number.parseInt(text.slice(0, 53), 2);
  return Math.log2(lead) + Math.max(0, text.length - 53);
}

/** How many leading columns are the result: all but the time columns at the end. */
export function resultColumns(columns: readonly ResolvedColumn[]): number {
  return columns.findLastIndex(({ kind }) => kind === 'value') + 1;
}

/** Names what a stored place means. */
export function fingerprintOf(
  kind: Layout['kind'],
  columns: readonly ResolvedColumn[],
  periodMs: number | undefined,
  dense: boolean,
): string {
  const described = columns.map((column) =>
    column.kind === 'time' && periodMs !== undefined ? { ...column, sinceMs: 0, spanMs: periodMs } : column,
  );
  const text = JSON.stringify([kind, described, dense], (_, value) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}

/** The values of digits. `radices`: how many values each column can take. */
export function valuesAt(
  columns: readonly ResolvedColumn[],
  digits: readonly bigint[],
  radices: readonly bigint[],
  epochMs: number | undefined,
): Values {
  return Object.fromEntries(
    columns.map((column, i) => [
      column.name,
      valueAt(column, digits[i] as bigint, radices[i] as bigint, epochMs),
    ]),
  );
}

/** The value of a digit of a column of plain numbers. */
export function numberAt(
  column: ResolvedColumn,
  digit: number,
  radix: number,
  epochMs: number | undefined,
): number {
  if (column.kind === 'time') {
    const ticks = column.direction === 'desc' ? radix - 1 - digit : digit;
    return (epochMs ?? column.sinceMs) + ticks * column.unitMs;
  }
  const units = column.direction === 'desc' ? Number(column.high) - digit : Number(column.low) + digit;
  return units / column.scale;
}

function valueAt(
  column: ResolvedColumn,
  digit: bigint,
  radix: bigint,
  epochMs: number | undefined,
): number | bigint {
  if (column.kind === 'time') {
    const ticks = column.direction === 'desc' ? radix - 1n - digit : digit;
    return (epochMs ?? column.sinceMs) + Number(ticks) * column.unitMs;
  }
  const units = column.direction === 'desc' ? column.high - digit : column.low + digit;
  return column.big ? units : Number(units) / column.scale;
}
