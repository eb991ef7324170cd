import type { ResolvedBoard } from '../board-options.js';
import { type Calendar, type Period, periodAt } from '../calendar/period.js';
import { ScoreBoundsError } from '../errors.js';
import type { Column, Score } from '../order/column.js';
import { boundOf } from '../order/digits.js';
import type { Place, Values } from '../order/layout.js';
import type { ResolvedColumn } from '../order/resolve-order.js';
import type { SubmitTarget } from './submit-args.js';

/** How a member stood on a board, before or after a submit. */
export interface Placed<O extends readonly Column[]> {
  readonly rank: number;
  readonly score: Score<O>;
}

/** What a submit did to one board. */
export interface BoardOutcome<O extends readonly Column[]> {
  /**
   * `entered`: first score here. `changed`: another score stands now. `unchanged`: what stood stays. `closed`: it happened in
   * a period that takes no more scores; nothing was written here. `beyond`: worse than the last of a full board. `spent`: the
   * member has no attempts left; nothing was written. `hidden`: the member is banned; its score is kept, and shown to nobody. `queued`: the board
   * lives apart, and gets the score when the outbox is handed over.
   */
  readonly status: 'entered' | 'changed' | 'unchanged' | 'closed' | 'beyond' | 'spent' | 'hidden' | 'queued';
  /** Before; null: was not on the board. */
  readonly previous: Placed<O> | null;
  /** After; null: is not on the board. */
  readonly current: Placed<O> | null;
  /** Ranks gained (negative: lost); null unless the member was and is on the board. */
  readonly delta: number | null;
  /** Better than what stood there, or the first; time columns do not count. */
  readonly isBest: boolean;
  /** Places on the board from 1, as the ordinal policy counts; null: not asked for (see `passed`). */
  readonly places: { readonly before: number | null; readonly after: number | null } | null;
  /** Those behind the member now who were ahead, the best first, and how many in all; null: not asked for. */
  readonly passed: { readonly members: readonly string[]; readonly count: number } | null;
  /** Members on the board afterwards; 0 when closed. */
  readonly total: number;
  /** The period it was counted in; null on a board without periods, and between seasons. */
  readonly period: Period | null;
}

/** What became of a board that gets the score later. */
export function queuedOutcome<O extends readonly Column[]>(): BoardOutcome<O> {
  return {
    status: 'queued',
    previous: null,
    current: null,
    delta: null,
    isBest: false,
    places: null,
    passed: null,
    total: 0,
    period: null,
  };
}

const fieldsPerBoard = 12;

/**
 * Reads what became of each board, in the order of the targets; undefined when the answer is of other boards. An answer of
 * before, which was remembered, says what it was for (`named`).
 */
export function readOutcomes<O extends readonly Column[]>(
  text: string,
  targets: readonly SubmitTarget[],
  named = '',
): readonly BoardOutcome<O>[] | undefined {
  const fields = text.split(',');
  const own = Math.max(1, targets.length * fieldsPerBoard);
  if (fields.length !== own + (named === '' ? 0 : 1) || (fields[own] ?? '') !== named) return undefined;
  // Where a board begins its periods at other instants by now, that of then is none of its.
  const isOfOtherPeriods = ({ board: { calendar } }: SubmitTarget, i: number): boolean => {
    const startMs = Number(fields[i * fieldsPerBoard + 1]);
    return calendar !== undefined && periodAt(calendar, startMs).startMs !== startMs;
  };
  if (named !== '' && targets.some(isOfOtherPeriods)) return undefined;
  return targets.map(({ board }, i) => {
    const own = fields.slice(i * fieldsPerBoard, (i + 1) * fieldsPerBoard);
    const [status = '', start, , oldScore = '', oldRank = '', newScore = '', newRank = '', total] = own;
    const [oldIndex = '', newIndex = '', passedCount = '', names = ''] = own.slice(8);
    const period = board.calendar === undefined ? null : roundAt(board.calendar, Number(start));
    const placed = (score: string, rank: string): Placed<O> | null =>
      score === ''
        ? null
        : {
            rank: Number(rank),
            score: board.layout.scoreAt(placeIn(board, score), period?.startMs) as Score<O>,
          };
    const previous = placed(oldScore, oldRank);
    const current = placed(newScore, newRank);
    const delta = previous === null || current === null ? null : previous.rank - current.rank;
    const isBest = current !== null && isBetter(board.layout.columns, previous, current);
    return {
      status: status as BoardOutcome<O>['status'],
      previous,
      current,
      delta,
      isBest,
      places: passedCount === '' ? null : { before: numberIn(oldIndex), after: numberIn(newIndex) },
      passed: passedCount === '' ? null : { members: namesIn(names), count: Number(passedCount) },
      total: Number(total),
      period,
    };
  });
}

/** The places before and after, of the board at an index of the targets; undefined: was not, or is not on the board. */
export function placesIn(
  text: string,
  index: number,
  { board }: SubmitTarget,
): readonly [before: Place | undefined, after: Place | undefined] {
  const own = text.split(',').slice(index * fieldsPerBoard, (index + 1) * fieldsPerBoard);
  const placed = (field = ''): Place | undefined => (field === '' ? undefined : placeIn(board, field));
  return [placed(own[3]), placed(own[5])];
}

function numberIn(text: string): number | null {
  return text === '' ? null : Number(text);
}

function namesIn(text: string): readonly string[] {
  return text === '' ? [] : text.split('|').map((name) => Buffer.from(name, 'hex').toString());
}

/** The period that starts then; null for the time between two seasons. */
function roundAt(calendar: Calendar, startMs: number): Period | null {
  const { off, ...period } = periodAt(calendar, startMs);
  return off ? null : period;
}

/** A place of a submit's answer, which is text for both layouts: a number, or bytes in hexadecimal. */
function placeIn({ layout }: ResolvedBoard, text: string): Place {
  return layout.kind === 'packed' ? Number(text) : text;
}

/** The error of a sum that would have left its bounds. */
export function boundsError(
  targets: readonly SubmitTarget[],
  board: number,
  column: number,
): ScoreBoundsError {
  const target = targets[board - 1] as SubmitTarget;
  const found = target.board.layout.columns[column - 1] as ResolvedColumn & { readonly kind: 'value' };
  return new ScoreBoundsError(
    target.board.name,
    found.name,
    boundOf(found, found.low),
    boundOf(found, found.high),
  );
}

function isBetter<O extends readonly Column[]>(
  columns: readonly ResolvedColumn[],
  previous: Placed<O> | null,
  current: Placed<O>,
): boolean {
  if (previous === null) return true;
  const before: Values = previous.score;
  const after: Values = current.score;
  for (const { kind, name, direction } of columns) {
    const [was, is] = [before[name], after[name]];
    if (kind === 'time' || was === undefined || is === undefined || was === is) continue;
    return is > was === (direction === 'desc');
  }
  return false;
}
