import { createHash } from 'node:crypto';
import { InvalidArgumentError } from '@penknife/core';
import type { ResolvedColumn, ResolvedValueColumn } from './resolve-order.js';
import { scaled } from './resolve-order.js';

/**
 * How an order is laid out in a sorted set's score: each column is one digit, smaller is better, its radix the number of
 * values it can take; the first column is the most significant digit. All scores are whole numbers below 2^53, so doubles
 * hold them exactly, and the best member is the first of a plain ascending range.
 */
export interface Layout {
  readonly columns: readonly ResolvedColumn[];
  readonly radices: readonly number[];
  /** How many scores the trailing time columns tell apart: those order equals, but do not separate their ranks. */
  readonly tieRadix: number;
  /** Bits the order needs. */
  readonly bits: number;
  /** Changes whenever a stored score would be read differently. Stands in the keys. */
  readonly fingerprint: string;
}

/** A radix has to be an exact number too, so the last of the 2^53 whole numbers is left out. */
const most = 2n ** 53n - 1n;

/**
 * Lays an order out for a board; throws `InvalidArgumentError` with the bits needed when a double cannot hold it exactly.
 * `periodMs`: the longest period of the board, from whose start time columns count; undefined on a board without periods.
 */
export function layOut(
  columns: readonly ResolvedColumn[],
  board: string,
  periodMs: number | undefined,
  dense: boolean,
): Layout {
  const radices = columns.map((column) =>
    column.kind === 'value'
      ? column.high - column.low + 1
      : Math.ceil((periodMs ?? column.spanMs) / column.unitMs),
  );
  const product = radices.reduce((product, radix) => product * BigInt(radix), 1n);
  const bits = radices.map(Math.log2);
  const needed = bits.reduce((sum, each) => sum + each, 0);
  if (product > most) {
    const each = columns.map(({ name }, i) => `${name} ${bits[i]?.toFixed(1)}`).join(', ');
    throw new InvalidArgumentError(
      'order',
      `must fit the 53 bits that a score keeps exact; board '${board}' needs ${needed.toFixed(1)} (${each}): lower a max, or take a coarser unit or a shorter span for time`,
      columns,
    );
  }
  let tieRadix = 1;
  for (let i = columns.length - 1; columns[i]?.kind === 'time'; i--) tieRadix *= radices[i] ?? 1;
  const described = columns.map((column) =>
    column.kind === 'time' && periodMs !== undefined ? { ...column, sinceMs: 0, spanMs: periodMs } : column,
  );
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([described, dense]))
    .digest('base64url')
    .slice(0, 8);
  return { columns, radices, tieRadix, bits: Math.ceil(needed * 10) / 10, fingerprint };
}

/** The digit of a value, refused when it is out of bounds or not exact. */
export function digitOf(column: ResolvedValueColumn, value: number, argument: string): number {
  const units = unitsOf(column, value, argument);
  if (units < column.low || units > column.high) {
    const [low, high] = [column.low / column.scale, column.high / column.scale];
    throw new InvalidArgumentError(argument, `must lie within ${low} and ${high}`, value);
  }
  return column.direction === 'desc' ? column.high - units : units - column.low;
}

/** A change of a value as what it does to the digit, and the digit it gives where nothing stood (maybe out of bounds). */
export function changeOf(
  column: ResolvedValueColumn,
  value: number,
  argument: string,
): { readonly fresh: number; readonly delta: number } {
  const units = unitsOf(column, value, argument);
  const widest = column.high - column.low;
  if (Math.abs(units) > Math.max(widest, Math.abs(column.high), Math.abs(column.low))) {
    throw new InvalidArgumentError(argument, 'must be a change that can stay within the bounds', value);
  }
  return column.direction === 'desc'
    ? { fresh: column.high - units, delta: -units + 0 }
    : { fresh: units - column.low, delta: units };
}

function unitsOf(column: ResolvedValueColumn, value: number, argument: string): number {
  const units = scaled(value, column.scale);
  if (units === undefined) {
    const decimals = Math.round(Math.log10(column.scale));
    throw new InvalidArgumentError(
      argument,
      `must be a finite number with at most ${decimals} decimals`,
      value,
    );
  }
  return units;
}

/** Which result a score is: scores that differ in trailing time columns alone are one result. */
export function groupOf({ tieRadix }: Layout, packed: number): number {
  return (packed - (packed % tieRadix)) / tieRadix;
}

/** The columns of a score. `epochMs`: what the board's time columns count from, undefined for their own `since`. */
export function unpack(
  layout: Layout,
  packed: number,
  epochMs: number | undefined,
): Readonly<Record<string, number>> {
  const entries: [string, number][] = [];
  let rest = packed;
  for (let i = layout.columns.length - 1; i >= 0; i--) {
    const column = layout.columns[i] as ResolvedColumn;
    const radix = layout.radices[i] as number;
    const digit = rest % radix;
    rest = (rest - digit) / radix;
    if (column.kind === 'value') {
      const units = column.direction === 'desc' ? column.high - digit : column.low + digit;
      entries.push([column.name, units / column.scale]);
    } else {
      const ticks = column.direction === 'desc' ? radix - 1 - digit : digit;
      entries.push([column.name, (epochMs ?? column.sinceMs) + ticks * column.unitMs]);
    }
  }
  return Object.fromEntries(entries.reverse());
}

/**
 * The best and the worst score that begin with these columns. Given are leading value columns; the columns after them are
 * free. Throws `InvalidArgumentError` for a gap, an unknown name or a value out of bounds.
 */
export function prefixBounds(
  layout: Layout,
  prefix: Readonly<Record<string, number | undefined>>,
  argument: string,
): { readonly best: number; readonly worst: number } {
  const given = new Set(Object.keys(prefix).filter((name) => prefix[name] !== undefined));
  let best = 0;
  let worst = 0;
  let open = false;
  for (const [i, column] of layout.columns.entries()) {
    const radix = layout.radices[i] as number;
    const value = prefix[column.name];
    if (column.kind === 'value' && value !== undefined && !open) {
      const digit = digitOf(column, value, `${argument}.${column.name}`);
      given.delete(column.name);
      [best, worst] = [best * radix + digit, worst * radix + digit];
    } else {
      open = true;
      [best, worst] = [best * radix, worst * radix + radix - 1];
    }
  }
  const [stray] = given;
  if (stray !== undefined) {
    throw new InvalidArgumentError(
      `${argument}.${stray}`,
      'must be a submitted column of the order, with all columns before it given',
      prefix[stray],
    );
  }
  return { best, worst };
}
