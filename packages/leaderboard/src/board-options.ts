import { checkName, checkObject, type Duration, durationMs, InvalidArgumentError } from '@penknife/core';
import { type Calendar, longestMs, type PeriodLength, type Weekday } from './calendar/period.js';
import { resolveCalendar, type Season } from './calendar/resolve-calendar.js';
import { type Layout, radicesOf } from './order/layout.js';
import type { ResolvedColumn } from './order/resolve-order.js';

/**
 * What a submit does to the score that stands: `best` keeps the better one; `set` replaces it, unless it is the same;
 * `last` replaces it by whatever happened last (and needs a time column); `sum` adds.
 */
export type Operator = 'best' | 'set' | 'last' | 'sum';

/** One board of a leaderboard. `{}` is a board of all time. */
export interface BoardOptions {
  /** A new round every hour, day, week or month, or for each of the `seasons`. Default: one round for ever. */
  readonly period?: PeriodLength;
  /** The IANA zone whose midnights count. Default: the leaderboard's. */
  readonly zone?: string;
  /** Default `'monday'`, as ISO weeks have it. */
  readonly weekStart?: Weekday;
  /** When days (and what is made of them) start on the wall clock. Default `'00:00'`. */
  readonly dayStart?: string;
  /** The seasons, in order; between them nothing counts. Each at most 366 days. */
  readonly seasons?: readonly Season[];
  /** How long after its end a period still takes scores with an `occurredAt` within it. Default `'5m'`. */
  readonly grace?: Duration;
  /** How long a period can be read after its end and grace. Default `'7d'`. */
  readonly keep?: Duration;
  /** How long the final result of a period can be read after its end and grace; at least as long as `keep`. Default `'90d'`. */
  readonly keepFinal?: Duration;
  /**
   * A board of the last hours or days instead of periods: `'24h'`, `'7d'`. Operators `best` and `sum`, in the packed layout.
   * A score counts for this long, and at most one bucket longer. Sums begin at 0, which the bounds of every column must hold.
   */
  readonly window?: Duration;
  /** Into how many buckets the window is divided, 1 to 60. Default 24. */
  readonly buckets?: number;
  /** At most so many submits a member (and period) count; the others are answered `spent`. Default: any number. */
  readonly attempts?: number;
  /** Keeps a line of the past of each member: the last rank and score of each `every`, the newest `samples` (1 to 100). */
  readonly history?: { readonly every: Duration; readonly samples: number };
  /**
   * Lets `snapshot` keep the best `top` rows (100; at most 1000) of each `every`, the last `keep` of them (1 to 400), and
   * `movement` tell who gained since. Not with a window.
   */
  readonly snapshots?: { readonly every: Duration; readonly keep: number; readonly top?: number };
  /** One board for each value of this, given with the submit: `by: 'country'`. */
  readonly by?: string;
  /**
   * Lives in a slot of its own, and each part of it in one of its own. A submit reaches it by the leaderboard's outbox, once a
   * relay hands it over (`createOutboxRelay`). Default false.
   */
  readonly apart?: boolean;
  /** Default: the leaderboard's. */
  readonly operator?: Operator;
  /** Keeps what dense ranks need: one more sorted set, of the distinct results. Default false. */
  readonly dense?: boolean;
  /** At most so many members, the best. Default: any number. */
  readonly size?: number;
}

/** A board with everything decided. */
export interface ResolvedBoard {
  readonly name: string;
  readonly layout: Layout;
  /** How many values each column can take. */
  readonly radices: readonly bigint[];
  readonly operator: Operator;
  readonly calendar: Calendar | undefined;
  readonly graceMs: number;
  readonly keepMs: number;
  readonly keepFinalMs: number;
  readonly window: { readonly lengthMs: number; readonly bucketMs: number } | undefined;
  readonly history: { readonly everyMs: number; readonly samples: number } | undefined;
  readonly snapshots: { readonly everyMs: number; readonly keep: number; readonly top: number } | undefined;
  /** 0: any. */
  readonly attempts: number;
  readonly by: string | undefined;
  readonly apart: boolean;
  readonly dense: boolean;
  /** 0: any. */
  readonly size: number;
}

/** Resolves the options of a board; throws `InvalidArgumentError`. */
export function resolveBoard(
  name: string,
  options: BoardOptions & { readonly operator: Operator; readonly zone: string },
  columns: readonly ResolvedColumn[],
): Omit<ResolvedBoard, 'layout'> {
  const { operator, by, apart = false, dense = false, size } = options;
  const at = `boards.${name}`;
  if (options.history !== undefined) checkObject(`${at}.history`, options.history);
  if (options.snapshots !== undefined) checkObject(`${at}.snapshots`, options.snapshots);
  checkFlag(`${at}.apart`, apart);
  checkFlag(`${at}.dense`, dense);
  checkOwnName('boards', name);
  if (by !== undefined) checkOwnName(`${at}.by`, by);
  if (!['best', 'set', 'last', 'sum'].includes(operator)) {
    throw new InvalidArgumentError(`${at}.operator`, "must be 'best', 'set', 'last' or 'sum'", operator);
  }
  if (operator === 'last' && !columns.some(({ kind }) => kind === 'time')) {
    throw new InvalidArgumentError(`${at}.operator`, "'last' needs a time column in the order", operator);
  }
  if (size !== undefined && (!Number.isSafeInteger(size) || size < 1)) {
    throw new InvalidArgumentError(`${at}.size`, 'must be a whole number of at least 1', size);
  }
  const calendar = resolveCalendar(at, options);
  const window = resolveWindow(at, options, columns);
  return {
    name,
    radices: radicesOf(columns, calendar && longestMs[calendar.length]),
    operator,
    calendar,
    graceMs: durationMs(options.grace ?? '5m', `${at}.grace`),
    keepMs: durationMs(options.keep ?? '7d', `${at}.keep`),
    keepFinalMs: durationMs(options.keepFinal ?? '90d', `${at}.keepFinal`, { minMs: 1000 }),
    window,
    history: options.history && {
      everyMs: durationMs(options.history.every, `${at}.history.every`, { minMs: 1000 }),
      samples: wholeNumber(`${at}.history.samples`, options.history.samples, 100),
    },
    snapshots: resolveSnapshots(at, options),
    attempts: options.attempts === undefined ? 0 : wholeNumber(`${at}.attempts`, options.attempts, 1e9),
    by,
    apart,
    dense,
    size: size ?? 0,
  };
}

function resolveWindow(
  at: string,
  { window, buckets, period, size, operator }: BoardOptions,
  columns: readonly ResolvedColumn[],
): ResolvedBoard['window'] {
  if (window === undefined) {
    if (buckets === undefined) return undefined;
    throw new InvalidArgumentError(`${at}.buckets`, 'has no meaning without a window', buckets);
  }
  if (period !== undefined || size !== undefined) {
    throw new InvalidArgumentError(`${at}.window`, 'must not be given with a period or a size', window);
  }
  if (operator !== 'best' && operator !== 'sum') {
    throw new InvalidArgumentError(
      `${at}.operator`,
      "must be 'best' or 'sum' on a board with a window",
      operator,
    );
  }
  const off = columns.find((column) => column.kind === 'value' && (column.low > 0n || column.high < 0n));
  if (operator === 'sum' && off !== undefined) {
    throw new InvalidArgumentError(
      `${at}.operator`,
      `must not be 'sum' on a board with a window, whose sums begin at 0: the bounds of ${off.name} leave 0 out`,
      operator,
    );
  }
  const count = buckets ?? 24;
  if (!Number.isSafeInteger(count) || count < 1 || count > 60) {
    throw new InvalidArgumentError(`${at}.buckets`, 'must be a whole number from 1 to 60', buckets);
  }
  const lengthMs = durationMs(window, `${at}.window`, { minMs: 1000 });
  return { lengthMs, bucketMs: Math.ceil(lengthMs / count) };
}

function resolveSnapshots(at: string, { snapshots, window }: BoardOptions): ResolvedBoard['snapshots'] {
  if (snapshots === undefined) return undefined;
  if (window !== undefined) {
    throw new InvalidArgumentError(`${at}.snapshots`, 'must not be given with a window', snapshots);
  }
  return {
    everyMs: durationMs(snapshots.every, `${at}.snapshots.every`, { minMs: 1000 }),
    keep: wholeNumber(`${at}.snapshots.keep`, snapshots.keep, 400),
    top: wholeNumber(`${at}.snapshots.top`, snapshots.top ?? 100, 1000),
  };
}

function wholeNumber(argument: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new InvalidArgumentError(argument, `must be a whole number from 1 to ${most}`, value);
  }
  return value;
}

/** Checks a name that stands in keys, and in objects of names. */
export function checkOwnName(argument: string, name: string): void {
  checkName(argument, name);
  if (name in Object.prototype)
    throw new InvalidArgumentError(argument, 'must not be a name that every object has', name);
}

/** Checks a switch, for those whom no types tell: `'no'` is no way to say no. */
export function checkFlag(argument: string, flag: boolean): void {
  if (typeof flag !== 'boolean') throw new InvalidArgumentError(argument, 'must be true or false', flag);
}
