import {
  type Codec,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import { type Calendar, longestMs, type PeriodLength, type Weekday } from './calendar/period.js';
import { resolveCalendar, type Season } from './calendar/resolve-calendar.js';
import { type EventOptions, type ResolvedEvents, resolveEvents } from './event-options.js';
import { leaderboardKeys, type RoundHome } from './keys.js';
import type { Column } from './order/column.js';
import { layOut } from './order/lay-out.js';
import { type Layout, radicesOf } from './order/layout.js';
import { type ResolvedColumn, resolveOrder } from './order/resolve-order.js';
import { checkPolicy, type TiePolicy } from './ties.js';

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
  /** How long the final result of a period can be read after its end and grace. Default `'90d'`. */
  readonly keepFinal?: Duration;
  /**
   * A board of the last hours or days instead of periods: `'24h'`, `'7d'`. Operators `best` and `sum`, in the packed layout.
   * A score counts for this long, and at most one bucket longer.
   */
  readonly window?: Duration;
  /** Into how many buckets the window is divided, 1 to 60. Default 24. */
  readonly buckets?: number;
  /** At most so many submits a member (and period) count; the others are answered `spent`. Default: any number. */
  readonly attempts?: number;
  /** Keeps a line of the past of each member: the last rank and score of each `every`, the newest `samples` (1 to 100). */
  readonly history?: { readonly every: Duration; readonly samples: number };
  /** One board for each value of this, given with the submit: `by: 'country'`. */
  readonly by?: string;
  /** Default: the leaderboard's. */
  readonly operator?: Operator;
  /** Keeps what dense ranks need: one more sorted set, of the distinct results. Default false. */
  readonly dense?: boolean;
  /** At most so many members, the best. Default: any number. */
  readonly size?: number;
}

/** How a leaderboard is made. */
export interface LeaderboardOptions<
  O extends readonly Column[],
  B extends Readonly<Record<string, BoardOptions>>,
  M,
> {
  /** Names the leaderboard in keys and traces; leaderboards of one name and order share their boards. */
  readonly name: string;
  /** Columns, the most important first: `[{ points: 'desc', max: 1e6 }, { at: 'asc', unit: 's' }]`. */
  readonly order: O;
  /** Default `'best'`. */
  readonly operator?: Operator;
  /** The boards by name. Default: one, `all`. */
  readonly boards?: B;
  /** Default `'UTC'`. */
  readonly zone?: string;
  /**
   * How places are kept. `'auto'`, the default: packed into 53 bits where all boards fit, else lexicographic, which is exact
   * for any columns and takes some 80 bytes a member more. `'packed'` refuses an order that does not fit.
   */
  readonly layout?: 'auto' | Layout['kind'];
  /** How equals share a rank where a call does not say. Default `'ordinal'`. */
  readonly ties?: TiePolicy;
  /** Lets members have metadata, kept beside each board and read with it. Default: none. */
  readonly metadata?: Codec<M>;
  /** Lets members be banned: one more command a submit. Default false. */
  readonly bans?: boolean;
  /** Takes what submits bring about: new leaders, entries into the top, who was passed, ranks gained. Default: nobody. */
  readonly events?: EventOptions;
  /** How long a submit's key is remembered. Default `'1d'`. */
  readonly remember?: Duration;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long a call may take, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
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
  /** 0: any. */
  readonly attempts: number;
  readonly by: string | undefined;
  readonly dense: boolean;
  /** 0: any. */
  readonly size: number;
}

/** Options with everything decided. */
export interface ResolvedOptions<M> {
  readonly name: string;
  readonly columns: readonly ResolvedColumn[];
  readonly boards: readonly ResolvedBoard[];
  /** The layout of all boards. */
  readonly kind: Layout['kind'];
  readonly home: RoundHome;
  readonly ties: TiePolicy;
  readonly metadata: Codec<M> | undefined;
  readonly events: ResolvedEvents | undefined;
  readonly rememberMs: number;
  readonly deadlineMs: number | undefined;
}

const nameRule = /^[A-Za-z0-9_.-]{1,64}$/;
const mostBoards = 32;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions<M>(
  options: LeaderboardOptions<readonly Column[], Readonly<Record<string, BoardOptions>>, M>,
): ResolvedOptions<M> {
  const { name, operator = 'best', boards = { all: {} }, zone = 'UTC', ties = 'ordinal' } = options;
  checkName('name', name);
  const columns = resolveOrder(options.order);
  const entries = Object.entries(boards);
  if (entries.length < 1 || entries.length > mostBoards) {
    throw new InvalidArgumentError('boards', `must be 1 to ${mostBoards} boards`, Object.keys(boards));
  }
  const checked = entries.map(([board, each]) => resolveBoard(board, { operator, zone, ...each }, columns));
  for (const { name, dense } of checked) checkPolicy(ties, dense, name);
  const { kind, boards: resolved } = layOut(columns, checked, options.layout ?? 'auto');
  return {
    name,
    columns,
    boards: resolved,
    kind,
    home: {
      name,
      keys: leaderboardKeys.in(options.namespace ?? defaultNamespace),
      described: options.metadata !== undefined,
      bans: options.bans === true,
    },
    ties,
    metadata: options.metadata,
    events: options.events && resolveEvents(options.events),
    rememberMs: durationMs(options.remember ?? '1d', 'remember', { minMs: 1000 }),
    deadlineMs: options.deadlineMs,
  };
}

function resolveBoard(
  name: string,
  options: BoardOptions & { readonly operator: Operator; readonly zone: string },
  columns: readonly ResolvedColumn[],
): Omit<ResolvedBoard, 'layout'> {
  const { operator, by, dense = false, size } = options;
  const at = `boards.${name}`;
  checkName('boards', name);
  if (by !== undefined) checkName(`${at}.by`, by);
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
  const window = resolveWindow(at, options);
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
    attempts: options.attempts === undefined ? 0 : wholeNumber(`${at}.attempts`, options.attempts, 1e9),
    by,
    dense,
    size: size ?? 0,
  };
}

function resolveWindow(
  at: string,
  { window, buckets, period, size, operator }: BoardOptions,
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
  const count = buckets ?? 24;
  if (!Number.isSafeInteger(count) || count < 1 || count > 60) {
    throw new InvalidArgumentError(`${at}.buckets`, 'must be a whole number from 1 to 60', buckets);
  }
  const lengthMs = durationMs(window, `${at}.window`, { minMs: 1000 });
  return { lengthMs, bucketMs: Math.ceil(lengthMs / count) };
}

function wholeNumber(argument: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new InvalidArgumentError(argument, `must be a whole number from 1 to ${most}`, value);
  }
  return value;
}

function checkName(argument: string, name: string): void {
  if (typeof name !== 'string' || !nameRule.test(name) || name in Object.prototype) {
    throw new InvalidArgumentError(argument, 'must be 1 to 64 letters, digits, `_`, `.` or `-`', name);
  }
}
