import { InvalidArgumentError } from '@penknife/core';
import type { PageOptions, ReadOptions } from './board.js';
import type { ResolvedBoard } from './board-options.js';
import { periodAt } from './calendar/period.js';
import { type Position, readCursor } from './cursor.js';
import type { Aim } from './look.js';
import { prefixBounds } from './order/digits.js';
import type { Place, Values } from './order/layout.js';
import { type BoardSelection, checkInstant } from './rounds.js';

/** Most rows of a page. */
export const mostRows = 1000;
/** Most members whose standing is asked for at once. */
export const mostMembers = 200;
/** Most members that are ranked among themselves. */
export const mostFriends = 1000;

/** How many rows a page is to have. */
export function countOf(options: PageOptions | undefined, byDefault = 10): number {
  return checkCount('count', options?.count ?? byDefault);
}

/** Checks a number of rows. */
export function checkCount(argument: string, count: number): number {
  if (!Number.isSafeInteger(count) || count < 1 || count > mostRows) {
    throw new InvalidArgumentError(argument, `must be a whole number from 1 to ${mostRows}`, count);
  }
  return count;
}

/** Checks the rank a page begins at, and gives its index. */
export function indexFrom(from: number): number {
  if (!Number.isSafeInteger(from) || from < 1) {
    throw new InvalidArgumentError('from', 'must be a whole number of at least 1', from);
  }
  return from - 1;
}

/** Checks a share of the members, in percent. */
export function checkPercent(percent: number): number {
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
    throw new InvalidArgumentError('percent', 'must be a number from 0 to 100', percent);
  }
  return percent;
}

/** A page's options without what is not for the driver. */
export function readOptions(options: (PageOptions & { readonly from?: number }) | undefined): ReadOptions {
  const { count: _, from: __, ...read } = options ?? {};
  return read;
}

/** The places from one score to another. */
export function rangeOf(
  { layout, radices }: ResolvedBoard,
  from: object,
  to: object,
): { readonly best: Place; readonly worst: Place } {
  const { best } = prefixBounds(layout, radices, from as Values, 'from');
  const { worst } = prefixBounds(layout, radices, to as Values, 'to');
  if (best > worst) {
    throw new InvalidArgumentError('from', 'must not be worse than `to`: give the better score first', from);
  }
  return { best, worst };
}

/** Where a cursor points, and the round it goes on in. */
export function cursorOf(
  board: ResolvedBoard,
  { part }: BoardSelection,
  cursor: string,
  select: Aim,
): { readonly position: Position; readonly aim: Aim } {
  const { calendar, layout } = board;
  const position = readCursor(layout, cursor);
  const { startMs } = position;
  if ((startMs === undefined) !== (calendar === undefined)) {
    throw new InvalidArgumentError('cursor', 'must be the `next` of a page of this board', cursor);
  }
  if (startMs === undefined || calendar === undefined) return { position, aim: select };
  const period = periodAt(calendar, checkInstant('cursor', startMs));
  return { position, aim: () => ({ round: { board, part, period }, during: undefined }) };
}
