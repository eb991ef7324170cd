import type { Duration } from '@penknife/core';

/** Which end of a column is better: `'desc'`, the highest first, or `'asc'`, the lowest first. */
export type Direction = 'asc' | 'desc';

/** The resolution of a time column: times within one unit of each other are equal. */
export type TimeUnit = 'ms' | 's' | 'm' | 'h' | 'd';

/**
 * A column that is submitted: `{ points: 'desc', max: 1e6 }`. The one name that is not an option names the column.
 * Values lie in [`min`, `max`] (`min` is 0 by default) with at most `decimals` decimals (0 by default).
 */
export interface ValueColumn {
  readonly max: number;
  readonly min?: number;
  readonly decimals?: number;
  readonly [name: string]: Direction | number | undefined;
}

/**
 * A column of whole numbers of any size, submitted and read as `bigint`: `{ coins: 'desc', max: 10n ** 18n }`. Values lie in
 * [`min`, `max`] (`min` is 0 by default).
 */
export interface BigColumn {
  readonly max: bigint;
  readonly min?: bigint;
  readonly [name: string]: Direction | bigint | undefined;
}

/**
 * A column the server fills: when the score that stands was reached. `{ at: 'asc', unit: 'ms' }` puts the earliest first.
 * On a board with periods it counts from the period's start. Otherwise from `since` (default 2026-01-01 UTC, ms since 1970)
 * for `span` (default 3650 days); what lies outside counts as the nearest end.
 */
export interface TimeColumn {
  readonly unit: TimeUnit;
  readonly since?: number;
  readonly span?: Duration;
  readonly [name: string]: Direction | TimeUnit | Duration | undefined;
}

/** One column of an order. */
export type Column = ValueColumn | BigColumn | TimeColumn;

/** The options of a column: the names a column cannot have. */
export type ColumnOption = 'min' | 'max' | 'decimals' | 'unit' | 'since' | 'span';

type NameOf<C> = {
  [K in keyof C]: K extends ColumnOption ? never : C[K] extends Direction ? K : never;
}[keyof C] &
  string;

type ValueOf<C> = C extends { readonly max: bigint } ? bigint : number;

/** What is submitted under an order: one number (or bigint, where the bounds are) per value column. */
export type SubmittedScore<O extends readonly Column[]> = {
  readonly [C in Extract<O[number], { readonly max: number | bigint }> as NameOf<C>]: ValueOf<C>;
};

/** What is read under an order: the value columns, and the time columns in ms since 1970 (rounded down to their unit). */
export type Score<O extends readonly Column[]> = { readonly [C in O[number] as NameOf<C>]: ValueOf<C> };
