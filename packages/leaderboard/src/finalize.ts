import { type CallOptions, InvalidArgumentError } from '@penknife/core';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import type { Period } from './calendar/period.js';
import { checkListener } from './checked-board.js';
import { type FinalAnswer, handedOver, scripts } from './commands.js';
import type { Award, Failure, Finalized, FinalizeOptions, FinalRow } from './final-result.js';
import type { RoundHome } from './keys.js';
import type { Aim } from './look.js';
import type { Column, Score } from './order/column.js';
import type { Placement } from './order/layout.js';
import { listOf, textOf } from './replies.js';
import {
  type ClockRefusal,
  duringArgs,
  inServerTime,
  keysOf,
  partsOf,
  type Round,
  shapeArgs,
  tagOf,
} from './rounds.js';
import { checkPolicy, ranksOf, type TiePolicy } from './ties.js';

/** Freezes a period once it is closed, and hands its rewards over. */
export async function finalizeRound<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  select: Aim,
  options: FinalizeOptions<O> = {},
): Promise<Finalized<O>> {
  const { top, ties, call } = checkFinalize(home, board, options);
  const { round, answer } = await freeze(home, board, select, top, ties, call);
  const { startMs, endMs, off } = periodOf(round);
  const period: Period = { startMs, endMs };
  if (!('result' in answer)) return { status: off ? 'gone' : answer.kind, period };
  const frozen = readFrozen(board, answer);
  const rows = finalRows<O>(board, period, frozen.rows, frozen.ties, frozen.upTo);
  const { pending, failures } = await handAwardsOver(
    home,
    round,
    rows,
    frozen.pending,
    options.reward,
    (member) => home.sender.send(handedOver(finalKeys(home.options.home, round)[1], member), home.call(call)),
  );
  return {
    status: 'final',
    period,
    first: answer.kind === 'first',
    total: frozen.total,
    rows,
    pending,
    failures,
  };
}

/** Checks what `finalize` is told. */
export function checkFinalize<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  options: FinalizeOptions<O>,
): { readonly top: number; readonly ties: TiePolicy; readonly call: CallOptions } {
  checkListener('reward', options.reward);
  const { top = 100, ties = home.options.ties, reward: _, ...call } = options;
  if (board.calendar === undefined) {
    throw new InvalidArgumentError('board', 'must be one with periods', board.name);
  }
  if (!Number.isSafeInteger(top) || top < 1 || top > 1000) {
    throw new InvalidArgumentError('top', 'must be a whole number from 1 to 1000', top);
  }
  return { top, ties: checkPolicy(ties, board.dense, board.name), call };
}

/** A period of one slot, and what the attempt to freeze it was answered with. */
export interface Freezing {
  readonly kind: 'found';
  readonly round: Round;
  readonly answer: Exclude<FinalAnswer, ClockRefusal>;
}

/** Freezes what one slot has of a period. */
export async function freeze<M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  select: Aim,
  top: number,
  ties: TiePolicy,
  call: CallOptions,
): Promise<Freezing> {
  const { home: place, kind } = home.options;
  return inServerTime(home.time, async (nowMs): Promise<Freezing | ClockRefusal> => {
    const aim = select(nowMs);
    const { endMs } = periodOf(aim.round);
    const closesMs = endMs + board.graceMs;
    const keys = [...finalKeys(place, aim.round), ...keysOf(place, aim.round)];
    // A result that ended before its board would be written anew, and rewarded twice.
    const keptMs = Math.max(board.keepMs, board.keepFinalMs);
    const until = [closesMs, closesMs + board.keepMs, closesMs + keptMs];
    const args = [ties, top, ...until, ...shapeArgs(place, board), ...duringArgs(aim)];
    const answer = await home.sender.send(scripts[kind].finalize(keys, args), home.call(call));
    return answer.kind === 'clock' ? answer : { kind: 'found', round: aim.round, answer };
  });
}

/** Hands awards over, the best first; `done` is told of each that was taken. */
export async function handAwardsOver<O extends readonly Column[], M>(
  { options: { name } }: BoardHome<M>,
  round: Round,
  rows: readonly FinalRow<O>[],
  waiting: ReadonlySet<string>,
  reward: FinalizeOptions<O>['reward'],
  done: (member: string) => Promise<unknown>,
): Promise<{ readonly pending: number; readonly failures: readonly Failure<O>[] }> {
  const { startMs, endMs } = periodOf(round);
  const failures: Failure<O>[] = [];
  const due = rows.filter(({ member }) => waiting.has(member));
  let pending = due.length;
  if (reward === undefined) return { pending, failures };
  for (const row of due) {
    const id = [name, ...partsOf(round), row.member].map(encodeURIComponent).join('/');
    const award: Award<O> = {
      ...row,
      id,
      board: round.board.name,
      part: round.part,
      period: { startMs, endMs },
    };
    try {
      await reward(award);
    } catch (error) {
      failures.push({ award, error });
      continue;
    }
    await done(row.member);
    pending--;
  }
  return { pending, failures };
}

/** The period of a round that has one. */
export function periodOf({ period, board }: Round): NonNullable<Round['period']> {
  if (period === undefined) throw new InvalidArgumentError('board', 'must be one with periods', board.name);
  return period;
}

/** Where a result is kept, and whose rewards are not handed over yet. */
export function finalKeys(home: RoundHome, round: Round): readonly [final: string, pending: string] {
  const { keys } = home;
  const tag = tagOf(home, round);
  const parts = partsOf(round);
  return [keys.final(tag, ...parts), keys.rewards(tag, ...parts)];
}

/** What one slot has frozen. */
export interface Frozen {
  readonly ties: TiePolicy;
  readonly total: number;
  /** Members up to and with the equals of the last row. */
  readonly upTo: number;
  /** Rows that were asked for. */
  readonly top: number;
  readonly rows: readonly Placement[];
  readonly pending: ReadonlySet<string>;
}

/** Reads what was frozen. */
export function readFrozen(
  { layout }: ResolvedBoard,
  { result, pending }: Extract<FinalAnswer, { readonly result: unknown }>,
): Frozen {
  const [policy, total, upTo, top, ...flat] = listOf('leaderboard/finalize', result);
  return {
    ties: textOf(policy) as TiePolicy,
    total: Number(textOf(total)),
    upTo: Number(textOf(upTo)),
    top: Number(textOf(top)),
    rows: layout.readRows(flat),
    pending: new Set(pending),
  };
}

/** The rows of a result. */
export function finalRows<O extends readonly Column[]>(
  { layout }: ResolvedBoard,
  { startMs }: Period,
  rows: readonly Placement[],
  ties: TiePolicy,
  upTo: number,
): readonly FinalRow<O>[] {
  const ranks = ranksOf(
    rows.map(({ place }) => layout.resultOf(place)),
    { start: 0, ahead: 0, upTo, groupsAhead: 0 },
    ties,
  );
  return rows.map(({ member, place }, i) => ({
    member,
    rank: ranks[i] as number,
    score: layout.scoreAt(place, startMs) as Score<O>,
  }));
}
