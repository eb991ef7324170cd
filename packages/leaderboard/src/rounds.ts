import { type Arg, InvalidArgumentError } from '@penknife/core';
import type { ResolvedBoard } from './board-options.js';
import { type Period, periodAt, periodBefore, periodName, type Span } from './calendar/period.js';
import type { ServerTime } from './calendar/server-time.js';
import { ServerClockError } from './errors.js';
import type { RoundHome, SlotTag } from './keys.js';
import type { ResolvedColumn } from './order/resolve-order.js';

/** Arguments of a script. */
export type Args = Arg[];

/** One sorted set: a board, for one value of what it is split by, in one period. */
export interface Round {
  readonly board: ResolvedBoard;
  readonly part: string | undefined;
  readonly period: Span | undefined;
}

/** Which round of a board is meant. */
export interface BoardSelection {
  /** The value of what the board is split by: `{ part: 'de' }` of a board `by: 'country'`. */
  readonly part?: string;
  /** So many periods ago; 0 is the one now, by the server's clock. */
  readonly ago?: number;
  /** The period that holds this instant, in ms since 1970. */
  readonly at?: number;
}

/** A round, and the period in which the server's clock must be for it to be the one that is meant. */
export interface Target {
  readonly round: Round;
  readonly during: Period | undefined;
}

const earliestMs = 0;
const latestMs = Date.UTC(2200, 0, 1);
const mostPeriodsAgo = 1000;

/** What tells a round from all others of its leaderboard. */
export function partsOf({ board, part, period }: Round): string[] {
  const parts = [board.name, board.layout.fingerprint];
  if (part !== undefined) parts.push(`by=${part}`);
  if (board.window) parts.push(windowName(board.operator, board.window));
  if (board.calendar !== undefined && period !== undefined) parts.push(periodName(board.calendar, period));
  return parts;
}

/** Names a rolling window in keys. What its buckets hold is of its operator. */
export function windowName(
  operator: ResolvedBoard['operator'],
  { lengthMs, bucketMs }: NonNullable<ResolvedBoard['window']>,
): string {
  return `rolling-${operator}-${lengthMs}-${bucketMs}`;
}

/** The hash tag of a board: that of its leaderboard, or its own where it lives apart. */
export function tagOf({ name, tag }: RoundHome, { board, part }: Pick<Round, 'board' | 'part'>): SlotTag {
  if (!board.apart) return tag;
  return [name, 'apart', board.name, ...(part === undefined ? [] : [part])];
}

interface KnownKeys {
  readonly tag: SlotTag;
  readonly described: boolean;
  readonly startMs: number | undefined;
  readonly found: readonly string[];
}

const lastKeys = new WeakMap<ResolvedBoard, KnownKeys>();

/**
 * The keys of a round, in the order in which the scripts take them (see round.lua); all share a slot. Of a board that is not
 * split most questions are about the round that was asked for last.
 */
export function keysOf(home: RoundHome, round: Round): readonly string[] {
  const { board, part, period } = round;
  if (part !== undefined) return makeKeys(home, round);
  const { tag, described } = home;
  const startMs = period?.startMs;
  const last = lastKeys.get(board);
  if (last?.tag === tag && last.described === described && last.startMs === startMs) return last.found;
  const found = makeKeys(home, round);
  lastKeys.set(board, { tag, described, startMs, found });
  return found;
}

function makeKeys(home: RoundHome, round: Round): string[] {
  const { keys, described, bans } = home;
  const { layout, dense, window, history, attempts } = round.board;
  const name = tagOf(home, round);
  const parts = partsOf(round);
  const life = window || round.period !== undefined ? 'period' : 'board';
  const found = [keys[life](name, ...parts)];
  if (layout.kind === 'lexicographic') found.push(keys[`${life}-index`](name, ...parts));
  if (dense) found.push(keys[`${life}-groups`](name, ...parts));
  if (described) found.push(keys[`${life}-meta`](name, ...parts));
  if (history) found.push(keys[`${life}-history`](name, ...parts));
  if (attempts > 0) found.push(keys[`${life}-attempts`](name, ...parts));
  if (bans) found.push(keys[`${life}-hidden`](name, ...parts));
  if (window) found.push(keys['period-parts'](name, ...parts), keys['period-lapses'](name, ...parts));
  return found;
}

const shapes = new WeakMap<ResolvedBoard, { readonly described: boolean; readonly shape: readonly Arg[] }>();

/** What the scripts are told of a board before they take its keys (see round.lua). */
export function shapeArgs(home: RoundHome, board: ResolvedBoard): readonly Arg[] {
  const known = shapes.get(board);
  if (known?.described === home.described) return known.shape;
  const shape = makeShape(home, board);
  shapes.set(board, { described: home.described, shape });
  return shape;
}

function makeShape({ described, bans }: RoundHome, board: ResolvedBoard): Args {
  const { dense, layout, window, history, attempts } = board;
  const set = { g: dense, m: described, h: history, a: attempts > 0, b: bans, w: window };
  const flags = Object.entries(set).flatMap(([flag, on]) => (on ? [flag] : []));
  const shape: Args = [flags.join(''), layout.tie, layout.width];
  if (history) shape.push(history.everyMs, history.samples);
  if (attempts > 0) shape.push(attempts);
  return [...shape, ...windowArgs(board)];
}

/** What the scripts are told of a rolling window. */
export function windowArgs({ layout, window, operator }: ResolvedBoard): Args {
  if (window === undefined) return [];
  const since = layout.columns.find((column) => column.kind === 'time')?.sinceMs ?? 0;
  const args: Args = [layout.columns.length, operator, window.lengthMs, window.bucketMs, since];
  for (const [i, column] of layout.columns.entries()) {
    const unit = column.kind === 'time' ? column.unitMs : 0;
    args.push(layout.limits[i] as Arg, Number(zeroDigit(column)), unit, column.direction === 'desc' ? 1 : 0);
  }
  return args;
}

/** The digit of a column that is zero; out of bounds where zero is. Of no meaning for times. */
export function zeroDigit(column: ResolvedColumn): bigint {
  if (column.kind === 'time') return 0n;
  return column.direction === 'desc' ? column.high : -column.low;
}

/** The period in which the server's clock must be, for the scripts; both empty: any. */
export function duringArgs({ during }: Target): Args {
  return [during?.startMs ?? '', during?.endMs ?? ''];
}

/** Checks a selection, and gives what it means at a time of the server. */
export function selectRound(board: ResolvedBoard, selection: BoardSelection): (nowMs: number) => Target {
  const { part, ago, at } = selection;
  const { calendar } = board;
  checkPart(board, part);
  if (calendar === undefined) {
    if (ago !== undefined)
      throw new InvalidArgumentError('ago', 'has no meaning on a board without periods', ago);
    if (at !== undefined)
      throw new InvalidArgumentError('at', 'has no meaning on a board without periods', at);
    const target: Target = { round: { board, part, period: undefined }, during: undefined };
    return () => target;
  }
  if (at !== undefined) {
    if (ago !== undefined) throw new InvalidArgumentError('at', 'must not be given with ago', at);
    const period = periodAt(calendar, checkInstant('at', at));
    const target: Target = { round: { board, part, period }, during: undefined };
    return () => target;
  }
  const count = ago ?? 0;
  if (!Number.isSafeInteger(count) || count < 0 || count > mostPeriodsAgo) {
    throw new InvalidArgumentError('ago', `must be a whole number from 0 to ${mostPeriodsAgo}`, ago);
  }
  let known: Target | undefined;
  return (nowMs) => {
    if (known?.during === undefined || nowMs < known.during.startMs || nowMs >= known.during.endMs) {
      const during = periodAt(calendar, nowMs);
      known = { round: { board, part, period: periodBefore(calendar, during, count) }, during };
    }
    return known;
  };
}

/** Checks an instant: whole ms since 1970, before 2200. */
export function checkInstant(argument: string, instantMs: number): number {
  if (!Number.isSafeInteger(instantMs) || instantMs < earliestMs || instantMs >= latestMs) {
    throw new InvalidArgumentError(argument, 'must be a time in whole ms since 1970, before 2200', instantMs);
  }
  return instantMs;
}

/** Checks the value of what a board is split by: present exactly where the board is split. */
export function checkPart(board: ResolvedBoard, part: string | undefined): void {
  if ((part === undefined) !== (board.by === undefined)) {
    const rule =
      board.by === undefined
        ? `must not be given: board '${board.name}' is not split`
        : `must name the ${board.by}: board '${board.name}' is split by it`;
    throw new InvalidArgumentError('part', rule, part);
  }
  if (part === undefined) return;
  if (typeof part !== 'string' || part.length === 0 || part.length > 200 || /\p{Surrogate}/u.test(part)) {
    throw new InvalidArgumentError('part', 'must be well-formed text of 1 to 200 characters', part);
  }
}

/** A script's refusal: the server's clock is in none of the periods it was offered. */
export interface ClockRefusal {
  readonly kind: 'clock';
  readonly nowMs: number;
}

const attempts = 3;

/** Asks until the server's clock and the offered periods agree: at once, or after one refusal. A refused script did nothing. */
export async function inServerTime<T extends { readonly kind: string }>(
  time: ServerTime,
  ask: (nowMs: number) => Promise<T | ClockRefusal>,
): Promise<Exclude<T, ClockRefusal>> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const answer = await ask(time.now());
    if (answer.kind !== 'clock') return answer as Exclude<T, ClockRefusal>;
    time.learn((answer as ClockRefusal).nowMs);
  }
  throw new ServerClockError(attempts);
}
