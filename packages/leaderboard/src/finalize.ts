import { type CallOptions, InvalidArgumentError, type Reply } from '@penknife/core';
import type { BoardHome } from './board-home.js';
import type { Period } from './calendar/period.js';
import { type FinalAnswer, handedOver, scripts } from './commands.js';
import type { RoundHome } from './keys.js';
import type { ResolvedBoard } from './options.js';
import type { Column, Score } from './order/column.js';
import { listOf, textOf } from './replies.js';
import {
  type ClockRefusal,
  duringArgs,
  inServerTime,
  keysOf,
  partsOf,
  type Round,
  shapeArgs,
  type Target,
} from './rounds.js';
import { checkPolicy, ranksOf, type TiePolicy } from './ties.js';

/** A member of a final result. */
export interface FinalRow<O extends readonly Column[]> {
  readonly member: string;
  readonly rank: number;
  readonly score: Score<O>;
}

/** What a member has earned. */
export interface Award<O extends readonly Column[]> extends FinalRow<O> {
  /** The same whenever this award is handed over, and of no other: do nothing where it was seen before. */
  readonly id: string;
  readonly board: string;
  /** The value of what the board is split by. */
  readonly part: string | undefined;
  readonly period: Period;
}

/** What `finalize` is told. */
export interface FinalizeOptions<O extends readonly Column[]> extends CallOptions {
  /** Rows of the final result, 1 to 1000. Default 100. Only the first call decides. */
  readonly top?: number;
  /** How equals share a rank in it. Default: the leaderboard's. Only the first call decides. */
  readonly ties?: TiePolicy;
  /**
   * Takes each award, the best first, one after another. Every award is handed over at least once: one that rejects, or whose
   * process dies, is handed over again by the next `finalize`, under the same `id`.
   */
  readonly reward?: (award: Award<O>) => Promise<void> | void;
}

/** What became of a period. */
export type Finalized<O extends readonly Column[]> =
  /** It still takes scores: until its end and grace, by the server's clock. */
  | { readonly status: 'open'; readonly period: Period }
  /** Nobody finalized it before it was forgotten. */
  | { readonly status: 'gone'; readonly period: Period }
  | {
      readonly status: 'final';
      readonly period: Period;
      /** True for the one call that froze it. */
      readonly first: boolean;
      /** Members on the board when it was frozen. */
      readonly total: number;
      readonly rows: readonly FinalRow<O>[];
      /** Awards not handed over yet. */
      readonly pending: number;
      /** What `reward` rejected with, this time. */
      readonly failures: readonly { readonly award: Award<O>; readonly error: unknown }[];
    };

/** Freezes a period once it is closed, and hands its rewards over. */
export async function finalizeRound<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  select: (nowMs: number) => Target,
  options: FinalizeOptions<O> = {},
): Promise<Finalized<O>> {
  const { top = 100, ties = home.options.ties, reward, ...call } = options;
  if (board.calendar === undefined) {
    throw new InvalidArgumentError('board', 'must be one with periods', board.name);
  }
  if (!Number.isSafeInteger(top) || top < 1 || top > 1000) {
    throw new InvalidArgumentError('top', 'must be a whole number from 1 to 1000', top);
  }
  checkPolicy(ties, board.dense, board.name);
  const { home: place, kind } = home.options;
  type Found = {
    readonly kind: 'found';
    readonly round: Round;
    readonly answer: Exclude<FinalAnswer, ClockRefusal>;
  };
  const { round, answer } = await inServerTime(home.time, async (nowMs): Promise<Found | ClockRefusal> => {
    const aim = select(nowMs);
    const { endMs } = periodOf(aim.round);
    const closesMs = endMs + board.graceMs;
    const command = scripts[kind].finalize(
      [...finalKeys(place, aim.round), ...keysOf(place, aim.round)],
      [
        ties,
        top,
        closesMs,
        closesMs + board.keepMs,
        closesMs + board.keepFinalMs,
        ...shapeArgs(place, board),
        ...duringArgs(aim),
      ],
    );
    const found = await home.sender.send(command, home.call(call));
    return found.kind === 'clock' ? found : { kind: 'found', round: aim.round, answer: found };
  });
  const { startMs, endMs, off } = periodOf(round);
  const period: Period = { startMs, endMs };
  if (!('result' in answer)) return { status: off ? 'gone' : answer.kind, period };
  const { total, rows } = readFinal<O>(board, period, answer.result);
  const pending = new Set(answer.pending);
  const failures: { award: Award<O>; error: unknown }[] = [];
  for (const row of reward === undefined ? [] : rows.filter(({ member }) => pending.has(member))) {
    const id = [place.name, ...partsOf(round), row.member].map(encodeURIComponent).join('/');
    const award: Award<O> = { ...row, id, board: board.name, part: round.part, period };
    try {
      await reward?.(award);
    } catch (error) {
      failures.push({ award, error });
      continue;
    }
    await home.sender.send(handedOver(finalKeys(place, round)[1], row.member), home.call(call));
    pending.delete(row.member);
  }
  return {
    status: 'final',
    period,
    first: answer.kind === 'first',
    total,
    rows,
    pending: pending.size,
    failures,
  };
}

function periodOf({ period, board }: Round): NonNullable<Round['period']> {
  if (period === undefined) throw new InvalidArgumentError('board', 'must be one with periods', board.name);
  return period;
}

function finalKeys({ keys, name }: RoundHome, round: Round): readonly [final: string, pending: string] {
  const parts = partsOf(round);
  return [keys.final(name, ...parts), keys.rewards(name, ...parts)];
}

function readFinal<O extends readonly Column[]>(
  { layout }: ResolvedBoard,
  { startMs }: Period,
  result: readonly Reply[],
): { readonly total: number; readonly rows: readonly FinalRow<O>[] } {
  const [policy, total, upTo, ...flat] = listOf('leaderboard/finalize', result);
  const found = layout.readRows(flat);
  const ranks = ranksOf(
    found.map(({ place }) => layout.resultOf(place)),
    { start: 0, ahead: 0, upTo: Number(textOf(upTo)), groupsAhead: 0 },
    textOf(policy) as TiePolicy,
  );
  const rows = found.map(({ member, place }, i) => ({
    member,
    rank: ranks[i] as number,
    score: layout.scoreAt(place, startMs) as Score<O>,
  }));
  return { total: Number(textOf(total)), rows };
}
