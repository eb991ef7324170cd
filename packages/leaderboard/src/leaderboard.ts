import { type CallOptions, callWithin, type Driver, defineTrace, InvalidArgumentError } from '@penknife/core';
import type { Board } from './board.js';
import type { BoardHome } from './board-home.js';
import { createServerTime } from './calendar/server-time.js';
import { scripts } from './commands.js';
import { createBoard } from './create-board.js';
import { eventsOf, handOver } from './events.js';
import { checkMember } from './member.js';
import { createMembers, type Members } from './members.js';
import { type BoardOptions, type LeaderboardOptions, type ResolvedBoard, resolveOptions } from './options.js';
import type { Column, SubmittedScore } from './order/column.js';
import type { Values } from './order/layout.js';
import { removalOf } from './removal.js';
import {
  type Args,
  type BoardSelection,
  checkInstant,
  checkPart,
  inServerTime,
  selectRound,
} from './rounds.js';
import {
  type BoardOutcome,
  boundsError,
  columnArgs,
  readOutcomes,
  type SubmitTarget,
  targetArgs,
} from './submission.js';
import { checkPolicy, type TiePolicy } from './ties.js';

/** The boards of a leaderboard, as they were declared. */
export type Boards = Readonly<Record<string, BoardOptions>>;

/** What boards are split by. */
export type SplitBy<B extends Boards> = Extract<B[keyof B], { readonly by: string }>['by'];

/** What a submit may say. */
export interface SubmitOptions<B extends Boards, M> extends CallOptions {
  /** The member's part in boards that are split: `{ country: 'de' }`. A board whose split is not named is left alone. */
  readonly in?: Readonly<Partial<Record<SplitBy<B>, string>>>;
  /**
   * Names this submit, for example by the match: what is submitted again for the member under the same key is not counted
   * again, and gets the first answer, whatever else it says. Remembered for a day by default (`remember`).
   */
  readonly key?: string;
  /** When it happened, ms since 1970: chooses the period and fills time columns. Never later than the server's now. */
  readonly occurredAt?: number;
  /** Replaces the member's metadata on the boards of this submit. */
  readonly metadata?: M;
  /** Names so many of those the member passed, 0 to 100, and tells its places. Default: neither is looked at. */
  readonly passed?: number;
  /** Of the ranks in the answer. Default: the leaderboard's. */
  readonly ties?: TiePolicy;
}

/** What a submit did. */
export interface SubmitResult<O extends readonly Column[], B extends Boards> {
  /** By board. A board that is split is there when the submit named its part. */
  readonly boards: {
    readonly [K in keyof B]: B[K] extends { readonly by: string }
      ? BoardOutcome<O> | undefined
      : BoardOutcome<O>;
  };
  /** True when the key had been submitted before: this is the answer of then. */
  readonly repeated: boolean;
}

/** A family of boards under one order. It holds no connection and no timer, so there is nothing to close. */
export interface Leaderboard<O extends readonly Column[], B extends Boards, M> {
  readonly name: string;
  /**
   * Submits a score to every board at once: one atomic command, all of it or nothing. Rejects with `ScoreBoundsError` when a
   * sum would leave its bounds. A call that ended with `sent: 'maybe'` may have been counted; under a `key` it can be repeated
   * safely, and the driver does so by itself.
   */
  submit(
    member: string,
    score: SubmittedScore<O>,
    options?: SubmitOptions<B, M>,
  ): Promise<SubmitResult<O, B>>;
  /** A board for reading; of a board with periods the current one, unless the selection says otherwise. */
  board(name: keyof B & string, selection?: BoardSelection): Board<O, M>;
  /** What concerns a member as such, on all boards and in all periods. */
  readonly members: Members;
  /**
   * Takes a member off the current period of every board (of split ones those named by `in`), with its metadata. Resolves to
   * the number of boards it was on.
   */
  remove(member: string, options?: Pick<SubmitOptions<B, M>, 'in' | keyof CallOptions>): Promise<number>;
}

const trace = defineTrace('leaderboard.submit');

/**
 * Makes a leaderboard: exact order, ranks under any tie policy, periods on real calendars.
 *
 * ```ts
 * const scores = createLeaderboard(driver, {
 *   name: 'arcade',
 *   order: [{ points: 'desc', max: 1e6 }, { at: 'asc', unit: 's' }],
 *   boards: { all: {}, daily: { period: 'day', zone: 'Europe/Berlin' } },
 * });
 * const { boards } = await scores.submit('ann', { points: 120 }, { key: matchId });
 * const { rows } = await scores.board('daily').top({ ties: 'competition' });
 * ```
 */
export function createLeaderboard<
  const O extends readonly Column[],
  const B extends Boards = { readonly all: BoardOptions },
  M = never,
>(driver: Pick<Driver, 'send' | 'clock'>, options: LeaderboardOptions<O, B, M>): Leaderboard<O, B, M> {
  const resolved = resolveOptions<M>(options);
  const {
    name,
    home: place,
    events,
    kind,
    columns,
    boards,
    metadata: codec,
    rememberMs,
    deadlineMs,
  } = resolved;
  const time = createServerTime(driver.clock);
  const callOptions = (call?: CallOptions): CallOptions | undefined => callWithin(call, deadlineMs);
  const home: BoardHome<M> = { sender: driver, time, options: resolved, call: callOptions };

  function targetsOf(parts: Readonly<Partial<Record<string, string>>> = {}): readonly SubmitTarget[] {
    const stray = Object.keys(parts).find((split) => !boards.some(({ by }) => by === split));
    if (stray !== undefined) {
      throw new InvalidArgumentError(`in.${stray}`, 'must be what a board is split by', parts[stray]);
    }
    const targets = boards.flatMap((board): SubmitTarget[] => {
      const part = board.by === undefined ? undefined : parts[board.by];
      return board.by !== undefined && part === undefined ? [] : [{ board, part }];
    });
    for (const { board, part } of targets) checkPart(board, part);
    if (targets.length === 0) throw new InvalidArgumentError('in', 'must name a part of some board', parts);
    return targets;
  }

  async function submit(
    member: string,
    score: SubmittedScore<O>,
    options: SubmitOptions<B, M> = {},
  ): Promise<SubmitResult<O, B>> {
    const { in: parts, key, occurredAt, metadata, passed, ties = resolved.ties, ...call } = options;
    checkMember(member);
    const targets = targetsOf(parts);
    for (const { board } of targets) checkPolicy(ties, board.dense, board.name);
    if (occurredAt !== undefined) checkInstant('occurredAt', occurredAt);
    if (metadata !== undefined && codec === undefined) {
      throw new InvalidArgumentError('metadata', 'must not be given: the leaderboard has none', metadata);
    }
    if (passed !== undefined && (!Number.isSafeInteger(passed) || passed < 0 || passed > 100)) {
      throw new InvalidArgumentError('passed', 'must be a whole number from 0 to 100', passed);
    }
    const first = [place.keys.rounds(name), ...(place.bans ? [place.keys.banned(name)] : [])];
    const once =
      key === undefined
        ? []
        : [place.keys.once(name, boards[0]?.layout.fingerprint ?? '', checkKey(key), member)];
    const fixed: Args = [
      member,
      ties,
      occurredAt ?? '',
      key === undefined ? 0 : rememberMs,
      metadata === undefined ? 0 : 1,
      metadata === undefined || codec === undefined ? '' : checkMetadata(codec.encode(metadata)),
      passed ?? events?.passed ?? '',
      place.bans ? 1 : 0,
      columns.length,
      ...columnArgs(boardsOf(targets), columns, checkColumns(score)),
    ];
    const answer = await inServerTime(time, (nowMs) => {
      const target = targetArgs(targets, nowMs, occurredAt, place);
      const command = scripts[kind].submit([...first, ...once, ...target.keys], [...fixed, ...target.args]);
      return driver.send(key === undefined ? command : { ...command, repeatable: true }, callOptions(call));
    });
    if (answer.kind === 'bounds') throw boundsError(targets, answer.board, answer.column);
    const outcomes = readOutcomes<O>(answer.text, targets);
    if (outcomes === undefined) {
      throw new InvalidArgumentError('key', 'must not be used again for other boards', key);
    }
    if (events !== undefined) {
      const happened = targets.flatMap((target, i) =>
        eventsOf(name, target, member, key, outcomes[i] as BoardOutcome<O>, events.top),
      );
      await handOver(events, happened);
    }
    const entries = targets.map(({ board }, i) => [board.name, outcomes[i]] as const);
    return {
      boards: Object.fromEntries(entries) as SubmitResult<O, B>['boards'],
      repeated: answer.repeated,
    };
  }

  function checkColumns(score: SubmittedScore<O>): Values {
    const wanted = columns.filter(({ kind }) => kind === 'value').map((column) => column.name);
    const given = typeof score === 'object' && score !== null ? Object.keys(score) : [];
    if (given.length !== wanted.length || !wanted.every((column) => given.includes(column))) {
      throw new InvalidArgumentError('score', `must have exactly these columns: ${wanted.join(', ')}`, score);
    }
    return score as Values;
  }

  return {
    name,
    members: createMembers(home),
    submit: (member, score, options) =>
      trace(
        () => ({ leaderboard: name, boards: boards.length }),
        () => submit(member, score, options),
      ),
    board(boardName, selection = {}) {
      const board = boards.find((each) => each.name === boardName);
      if (board === undefined)
        throw new InvalidArgumentError('board', `must be a board of '${name}'`, boardName);
      return createBoard<O, M>(home, board, selection);
    },
    remove: async (member, { in: parts, ...call } = {}) => {
      checkMember(member);
      const selections = targetsOf(parts).map(({ board, part }) =>
        selectRound(board, part === undefined ? {} : { part }),
      );
      const { taken } = await inServerTime(time, (nowMs) => {
        const targets = selections.map((select) => select(nowMs));
        const { keys, args } = removalOf(resolved, member, targets);
        return driver.send(scripts[kind].remove(keys, args), callOptions(call));
      });
      return taken;
    },
  };
}

const longestKey = 200;
const longestMetadata = 4096;

function checkKey(key: string): string {
  if (typeof key !== 'string' || key.length < 1 || key.length > longestKey) {
    throw new InvalidArgumentError('key', `must be text of 1 to ${longestKey} characters`, key);
  }
  return key;
}

function checkMetadata(encoded: string | Uint8Array): string | Uint8Array {
  const bytes = typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.byteLength;
  if (bytes > longestMetadata) {
    throw new InvalidArgumentError(
      'metadata',
      `must be at most ${longestMetadata} bytes once encoded`,
      encoded,
    );
  }
  return encoded;
}

function boardsOf(targets: readonly SubmitTarget[]): readonly ResolvedBoard[] {
  return targets.map(({ board }) => board);
}
