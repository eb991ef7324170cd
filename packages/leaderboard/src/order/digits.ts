import { InvalidArgumentError } from '@penknife/core';
import type { Layout, Place, Values } from './layout.js';
import type { ResolvedValueColumn } from './resolve-order.js';
import { scaled } from './resolve-order.js';

/** The digit of a value, refused when it is out of bounds or not exact. */
export function digitOf(column: ResolvedValueColumn, value: unknown, argument: string): bigint {
  const units = unitsOf(column, value, argument);
  if (units < column.low || units > column.high) {
    throw new InvalidArgumentError(
      argument,
      `must lie within ${boundOf(column, column.low)} and ${boundOf(column, column.high)}`,
      value,
    );
  }
  return column.direction === 'desc' ? column.high - units : units - column.low;
}

/** A change of a value as what it does to the digit, and the digit it gives where nothing stood (maybe out of bounds). */
export function changeOf(
  column: ResolvedValueColumn,
  value: unknown,
  argument: string,
): { readonly fresh: bigint; readonly change: bigint } {
  const units = unitsOf(column, value, argument);
  const { low, high, direction } = column;
  const widest = [high - low, high, -high, low, -low];
  if (widest.every((each) => units > each || -units > each)) {
    throw new InvalidArgumentError(argument, 'must be a change that can stay within the bounds', value);
  }
  return direction === 'desc'
    ? { fresh: high - units, change: -units }
    : { fresh: units - low, change: units };
}

/**
 * The digit of a value within the bounds of a column of plain numbers, and its change, as numbers that are exact; undefined where
 * only bigints say it (and where it has to be refused).
 */
export function plainDigitOf(
  column: ResolvedValueColumn,
  value: unknown,
): { readonly fresh: number; readonly change: number } | undefined {
  if (column.big) return undefined;
  const units = scaled(value, column.scale);
  const [low, high] = [Number(column.low), Number(column.high)];
  if (units === undefined || units < low || units > high || Math.abs(units) > high - low) return undefined;
  return column.direction === 'desc'
    ? { fresh: high - units, change: 0 - units }
    : { fresh: units - low, change: units };
}

/** A bound of a column as it was written. */
export function boundOf({ big, scale }: ResolvedValueColumn, units: bigint): string {
  return big ? `${units}` : `${Number(units) / scale}`;
}

function unitsOf(column: ResolvedValueColumn, value: unknown, argument: string): bigint {
  if (column.big) {
    if (typeof value === 'bigint') return value;
    throw new InvalidArgumentError(argument, 'must be a bigint, like the bounds of its column', value);
  }
  const units = scaled(value, column.scale);
  if (units === undefined) {
    const decimals = Math.round(Math.log10(column.scale));
    throw new InvalidArgumentError(
      argument,
      `must be a finite number with at most ${decimals} decimals`,
      value,
    );
  }
  return BigInt(units);
}

/**
 * The best and the worst place that begin with these columns. Given are leading value columns; the columns after them are
 * free. Throws `InvalidArgumentError` for a gap, an unknown name or a value out of bounds.
 */
export function prefixBounds(
  layout: Layout,
  radices: readonly bigint[],
  prefix: Values,
  argument: string,
): { readonly best: Place; readonly worst: Place } {
  const given = new Set(Object.keys(prefix).filter((name) => prefix[name] !== undefined));
  const best: bigint[] = [];
  const worst: bigint[] = [];
  let open = false;
  for (const [i, column] of layout.columns.entries()) {
    const value = prefix[column.name];
    if (column.kind === 'value' && value !== undefined && !open) {
      const digit = digitOf(column, value, `${argument}.${column.name}`);
      given.delete(column.name);
      best.push(digit);
      worst.push(digit);
    } else {
      open = true;
      best.push(0n);
      worst.push((radices[i] as bigint) - 1n);
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
  return { best: layout.placeOf(best), worst: layout.placeOf(worst) };
}
