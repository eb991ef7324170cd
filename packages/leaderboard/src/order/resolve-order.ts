import { durationMs, InvalidArgumentError } from '@penknife/core';
import type { Column, Direction, TimeUnit } from './column.js';

/** A value column with everything decided; `low` and `high` in units of the last decimal. `big`: its values are bigints. */
export interface ResolvedValueColumn {
  readonly kind: 'value';
  readonly name: string;
  readonly direction: Direction;
  readonly scale: number;
  readonly low: bigint;
  readonly high: bigint;
  readonly big: boolean;
}

/** A time column with everything decided. */
export interface ResolvedTimeColumn {
  readonly kind: 'time';
  readonly name: string;
  readonly direction: Direction;
  readonly unitMs: number;
  readonly sinceMs: number;
  readonly spanMs: number;
}

/** One column of an order, checked. */
export type ResolvedColumn = ResolvedValueColumn | ResolvedTimeColumn;

const mostColumns = 64;
const optionNames: readonly string[] = ['min', 'max', 'decimals', 'unit', 'since', 'span'];
const nameRule = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;
const units: Readonly<Record<TimeUnit, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const defaultSinceMs = Date.UTC(2026, 0, 1);

/** Reads and checks a declared order; throws `InvalidArgumentError` naming the column and the rule. */
export function resolveOrder(order: readonly Column[]): readonly ResolvedColumn[] {
  if (!Array.isArray(order) || order.length < 1 || order.length > mostColumns) {
    throw new InvalidArgumentError('order', `must be a list of 1 to ${mostColumns} columns`, order);
  }
  const columns = order.map(resolveColumn);
  if (new Set(columns.map(({ name }) => name)).size < columns.length) {
    throw new InvalidArgumentError('order', 'must not name a column twice', order);
  }
  if (columns.filter(({ kind }) => kind === 'time').length > 1) {
    throw new InvalidArgumentError('order', 'must not have more than one time column', order);
  }
  if (columns[0]?.kind !== 'value') {
    throw new InvalidArgumentError('order', 'must begin with a column that is submitted', columns[0]?.name);
  }
  return columns;
}

function resolveColumn(column: Column, index: number): ResolvedColumn {
  const at = `order[${index}]`;
  if (typeof column !== 'object' || column === null) {
    throw new InvalidArgumentError(at, "must be a column like { points: 'desc', max: 1e6 }", column);
  }
  const names = Object.keys(column).filter((name) => !optionNames.includes(name));
  const [name = ''] = names;
  if (name in Object.prototype) throw new InvalidArgumentError(at, 'must not be named like that', name);
  const direction: unknown = column[name];
  if (names.length !== 1 || !nameRule.test(name) || (direction !== 'asc' && direction !== 'desc')) {
    throw new InvalidArgumentError(
      at,
      "must have exactly one name, of letters, digits and `_`, with 'asc' or 'desc'; other names are min, max, decimals, unit, since, span",
      names.join(', '),
    );
  }
  const time = 'unit' in column;
  if (time === 'max' in column) {
    throw new InvalidArgumentError(at, 'must have either a max (submitted) or a unit (time)', name);
  }
  const foreign = time ? ['min', 'decimals'] : ['since', 'span'];
  const stray = foreign.find((option) => column[option] !== undefined);
  if (stray !== undefined) throw new InvalidArgumentError(`${at}.${stray}`, 'has no meaning here', name);
  if (time) return timeColumn(at, name, direction, column);
  return typeof column.max === 'bigint'
    ? bigColumn(at, name, direction, column)
    : valueColumn(at, name, direction, column);
}

function valueColumn(at: string, name: string, direction: Direction, column: Column): ResolvedValueColumn {
  const { max, min = 0, decimals = 0 } = column as { max: number; min?: number; decimals?: number };
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 9) {
    throw new InvalidArgumentError(`${at}.decimals`, 'must be a whole number from 0 to 9', decimals);
  }
  const scale = 10 ** decimals;
  const low = scaled(min, scale);
  const high = scaled(max, scale);
  if (low === undefined) throw new InvalidArgumentError(`${at}.min`, exactly(decimals), min);
  if (high === undefined) throw new InvalidArgumentError(`${at}.max`, exactly(decimals), max);
  if (high <= low) throw new InvalidArgumentError(`${at}.max`, `must be above min (${min})`, max);
  return { kind: 'value', name, direction, scale, low: BigInt(low), high: BigInt(high), big: false };
}

function bigColumn(at: string, name: string, direction: Direction, column: Column): ResolvedValueColumn {
  const { max, min = 0n, decimals } = column as { max: bigint; min?: bigint; decimals?: number };
  if (decimals !== undefined) {
    throw new InvalidArgumentError(`${at}.decimals`, 'has no meaning where max is a bigint', decimals);
  }
  if (typeof min !== 'bigint')
    throw new InvalidArgumentError(`${at}.min`, 'must be a bigint, like its max', min);
  if (max <= min) throw new InvalidArgumentError(`${at}.max`, `must be above min (${min})`, max);
  return { kind: 'value', name, direction, scale: 1, low: min, high: max, big: true };
}

function timeColumn(at: string, name: string, direction: Direction, column: Column): ResolvedTimeColumn {
  const {
    unit,
    since = defaultSinceMs,
    span = '3650d',
  } = column as {
    unit: TimeUnit;
    since?: number;
    span?: '1d';
  };
  const unitMs = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (unitMs === undefined)
    throw new InvalidArgumentError(`${at}.unit`, "must be 'ms', 's', 'm', 'h' or 'd'", unit);
  if (!Number.isSafeInteger(since) || since < 0) {
    throw new InvalidArgumentError(`${at}.since`, 'must be a time in whole ms since 1970', since);
  }
  const spanMs = durationMs(span, `${at}.span`, { minMs: unitMs });
  return { kind: 'time', name, direction, unitMs, sinceMs: since, spanMs };
}

/** A value in units of its last decimal; undefined when that is not exact. */
export function scaled(value: unknown, scale: number): number | undefined {
  if (typeof value !== 'number') return undefined;
  const whole = Math.round(value * scale);
  // Correctly rounded division: equal exactly when `value` is the double nearest to that decimal.
  return Number.isSafeInteger(whole) && whole / scale === value ? whole + 0 : undefined;
}

function exactly(decimals: number): string {
  return decimals === 0
    ? 'must be a whole number that is exact (below 2^53; a bigint may be larger)'
    : `must be a number with at most ${decimals} decimals that is exact (below 2^53 of them)`;
}
