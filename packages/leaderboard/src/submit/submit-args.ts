import { createHash } from 'node:crypto';
import type { ResolvedBoard } from '../board-options.js';
import { periodAt, type Span } from '../calendar/period.js';
import type { RoundHome } from '../keys.js';
import { changeOf, digitOf, plainDigitOf } from '../order/digits.js';
import type { Values } from '../order/layout.js';
import type { ResolvedColumn } from '../order/resolve-order.js';
import { type Args, keysOf, shapeArgs } from '../rounds.js';

/** One board of a submit. */
export interface SubmitTarget {
  readonly board: ResolvedBoard;
  readonly part: string | undefined;
}

/** How far around the guessed time of the server the neighbouring period is offered too. */
const nearBoundaryMs = 2000;

/** The columns of a submitted score as arguments: the digit and its change, or what a time column needs. */
export function columnArgs(
  targets: readonly SubmitTarget[],
  columns: readonly ResolvedColumn[],
  score: Values,
): Args {
  const { layout } = (targets[0] as SubmitTarget).board;
  // Only sums may be given as changes; where one board takes the value itself, it has to be a value.
  const onlySums = targets.every(({ board }) => board.operator === 'sum');
  const args: Args = [];
  for (const [i, column] of columns.entries()) {
    if (column.kind === 'time') {
      args.push('t', column.direction === 'asc' ? 1 : -1, column.unitMs);
      continue;
    }
    const value = score[column.name];
    const plain = layout.kind === 'packed' ? plainDigitOf(column, value) : undefined;
    if (plain !== undefined) {
      args.push('v', plain.fresh, plain.change);
      continue;
    }
    const argument = `score.${column.name}`;
    if (!onlySums) digitOf(column, value, argument);
    const { fresh, change } = changeOf(column, value, argument);
    args.push('v', layout.digit(i, fresh), layout.change(i, change));
  }
  return args;
}

/** Keys and arguments of each board with the periods the server may choose from. */
export function targetArgs(
  targets: readonly SubmitTarget[],
  nowMs: number,
  occurredAtMs: number | undefined,
  home: RoundHome,
): { readonly keys: string[]; readonly args: Args } {
  const keys: string[] = [];
  const args: Args = [];
  for (const { board, part } of targets) {
    const { calendar, layout, graceMs, keepMs, size } = board;
    args.push(board.operator, ...shapeArgs(home, board), size, ...layout.limits);
    if (calendar === undefined) {
      const since = layout.columns.find((column) => column.kind === 'time')?.sinceMs ?? 0;
      keys.push(...keysOf(home, { board, part, period: undefined }));
      args.push(0, since);
      continue;
    }
    const instants = [nowMs, nowMs - nearBoundaryMs, nowMs + nearBoundaryMs];
    if (occurredAtMs !== undefined && occurredAtMs < nowMs) instants.push(occurredAtMs);
    const periods = new Map<number, Span>();
    for (const instant of instants) {
      const known = [...periods.values()].some(({ startMs, endMs }) => startMs <= instant && instant < endMs);
      if (known) continue;
      const period = periodAt(calendar, instant);
      periods.set(period.startMs, period);
    }
    args.push(periods.size);
    for (const period of periods.values()) {
      const { startMs, endMs, off } = period;
      keys.push(...keysOf(home, { board, part, period }));
      // Between seasons nothing is open.
      const closesMs = off ? startMs : endMs + graceMs;
      args.push(startMs, endMs, closesMs, endMs + graceMs + keepMs);
    }
  }
  return { keys, args };
}

const meanings = new WeakMap<ResolvedBoard, string>();

/** What the answer of a board depends on: under another order or operator it would be read as something else. */
function meaningOf(board: ResolvedBoard): string {
  const known = meanings.get(board);
  if (known !== undefined) return known;
  const { name, layout, operator, calendar, window, apart } = board;
  const meaning = JSON.stringify([name, layout.fingerprint, operator, calendar?.length, window, apart]);
  meanings.set(board, meaning);
  return meaning;
}

/** What a key is first used with, in short: the boards, with all that their answers depend on, and their parts. */
export function boardsNamed(targets: readonly SubmitTarget[]): string {
  const text = JSON.stringify(targets.map(({ board, part }) => [meaningOf(board), part]));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
