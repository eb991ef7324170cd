import {
  type CallOptions,
  callWithin,
  checkCall,
  checkDriver,
  checkObject,
  type Driver,
  defineTrace,
  InvalidArgumentError,
} from '@penknife/core';
import type { Board } from './board.js';
import type { BoardHome } from './board-home.js';
import type { BoardOptions } from './board-options.js';
import { createServerTime } from './calendar/server-time.js';
import { checkedBoard, checkListener } from './checked-board.js';
import { createBoard } from './create-board.js';
import { checkMember } from './member.js';
import { createMembers, type Members } from './members.js';
import { type LeaderboardOptions, resolveOptions } from './options.js';
import type { Column, SubmittedScore } from './order/column.js';
import { createOutbox, type Outbox } from './outbox/outbox.js';
import { removeEverywhere } from './removal.js';
import type { BoardSelection } from './rounds.js';
import { shardMap } from './shards/shard-map.js';
import { createShardedBoard } from './shards/sharded-board.js';
import { createShardedMembers } from './shards/sharded-members.js';
import { createShardedSubmit } from './shards/sharded-submit.js';
import { createSubmit, type SubmitResult } from './submit/create-submit.js';
import type { Boards, SubmitOptions } from './submit/submit-request.js';
import { verifyClaim, withinCall } from './submit/verify.js';

/** A family of boards under one order. It holds no connection and no timer, so there is nothing to close. */
export interface Leaderboard<O extends readonly Column[], B extends Boards, M> {
  readonly name: string;
  /**
   * Submits a score to every board at once: one atomic command, all of it or nothing; boards apart get it by the outbox. Rejects with `ScoreBoundsError` when a
   * sum would leave its bounds. A call that ended with `sent: 'maybe'` may have been counted (over shards also when only its ranks could not be asked for); under a `key` it can be repeated
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
  /** Submits on their way to boards that live apart: hand it to a relay (`createOutboxRelay`). */
  readonly outbox: Outbox;
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
  checkDriver(driver);
  const resolved = resolveOptions<M>(options);
  const { name, boards, deadlineMs } = resolved;
  const { verify } = options;
  checkListener('verify', verify);
  const home: BoardHome<M> = {
    sender: driver,
    time: createServerTime(driver.clock),
    clock: driver.clock,
    options: resolved,
    call: (call) => callWithin(call, deadlineMs),
  };
  const shards = resolved.shards === undefined ? undefined : shardMap(home, resolved.shards);
  const submit = shards ? createShardedSubmit<O, B, M>(shards) : createSubmit<O, B, M>(home);
  const facts = { leaderboard: name, boards: boards.length };

  return {
    name,
    members: shards ? createShardedMembers(shards) : createMembers(home),
    submit: (member, score, options) =>
      trace.quietly(
        () => facts,
        async () => {
          checkSubmit(options);
          if (verify === undefined) return submit(member, score, options);
          const asked = () => verifyClaim(verify, member, score, options);
          const left = await withinCall(driver.clock, home.call(options), asked);
          return submit(member, score, { ...options, ...left });
        },
      ),
    board(boardName, selection = {}) {
      const board = boards.find((each) => each.name === boardName);
      if (board === undefined)
        throw new InvalidArgumentError('board', `must be a board of '${name}'`, boardName);
      checkObject('selection', selection);
      return checkedBoard(
        shards
          ? createShardedBoard<O, M>({ shards, board }, selection)
          : createBoard<O, M>(home, board, selection),
      );
    },
    remove: async (member, options = {}) => {
      checkSubmit(options);
      const { in: parts, ...call } = options;
      return removeEverywhere(shards?.homeOf(checkMember(member)) ?? home, member, parts, call);
    },
    outbox: createOutbox(home),
  };
}

/** Checks the shape of what a submit or a removal may say. */
function checkSubmit(options: { readonly in?: unknown } | undefined): void {
  checkCall(options);
  if (options?.in !== undefined) checkObject('in', options.in);
}
