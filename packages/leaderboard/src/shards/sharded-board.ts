import { InvalidArgumentError } from '@penknife/core';
import type { Board, PageOptions, ReadOptions } from '../board.js';
import { createBoard } from '../create-board.js';
import { rangesOf } from '../histogram.js';
import { indexAtShare } from '../index-at-share.js';
import type { Aim, LookOptions } from '../look.js';
import { checkMember, checkMembers } from '../member.js';
import type { Column } from '../order/column.js';
import type { Place } from '../order/layout.js';
import {
  checkCount,
  checkPercent,
  countOf,
  cursorOf,
  indexFrom,
  mostFriends,
  mostMembers,
  rangeOf,
  readOptions,
} from '../read-arguments.js';
import { listOf, numberOf } from '../replies.js';
import { type Args, type BoardSelection, selectRound } from '../rounds.js';
import { type Page, type Reading, readFriends, readStandings, type Standing } from '../rows.js';
import { finalizeSharded } from './finalize-sharded.js';
import { friendsEverywhere } from './friends.js';
import { lookEverywhere, wholeOf } from './look-everywhere.js';
import { type Merged, mergeSlices } from './merge-slices.js';
import { pageOf } from './merged-page.js';
import { rowsFrom } from './rows-from.js';
import type { ShardedBoardHome } from './shard-map.js';
import { standingsEverywhere } from './standings.js';

const attempts = 10;

/**
 * A board above one key: every read asks all shards at once, each exact at its own instant, and merges. What needs a place first
 * (a rank, surroundings) asks the member's shard before.
 */
export function createShardedBoard<O extends readonly Column[], M>(
  home: ShardedBoardHome<M>,
  selection: BoardSelection,
): Board<O, M> {
  const { shards, board } = home;
  const { layout } = board;
  const select = selectRound(board, selection);

  const lookAt = (parts: Args, options?: LookOptions, aim: Aim = select) =>
    lookEverywhere(home, aim, () => parts, options);

  async function merged(
    parts: Args,
    options: ReadOptions,
    aim: Aim = select,
  ): Promise<{ readonly reading: Reading<M>; readonly merged: Merged }> {
    const looks = await lookAt(parts, options, aim);
    return { reading: wholeOf(looks), merged: mergeSlices(looks) };
  }

  /** The first rows of ranges that are read from their beginning. */
  async function head(
    parts: Args,
    options: PageOptions | undefined,
    count: number,
    worst?: Place,
    aim?: Aim,
  ): Promise<Page<O, M>> {
    const read = readOptions(options);
    const { reading, merged: found } = await merged([...parts, count], read, aim);
    const { start, inRange, total } = found;
    const rows = found.rows.slice(0, count);
    const more = worst === undefined ? start + rows.length < total : rows.length < inRange;
    return pageOf<O, M>(home, reading, { rows, start, more, worst }, read);
  }

  async function standings(
    members: readonly string[],
    options?: ReadOptions,
  ): Promise<readonly (Standing<O, M> | null)[]> {
    checkMembers(members, mostMembers);
    if (members.length === 0) return [];
    const { reading, reply } = await standingsEverywhere(home, select, members, options);
    return readStandings<O, M>(reading, reply, members);
  }

  const shardBoard = (member: string): Board<O, M> =>
    createBoard<O, M>(shards.homeOf(checkMember(member)), board, selection);

  /** The place of a member, and the round it was seen in; undefined: it is not on the board. */
  async function placeOf(member: string, options: ReadOptions): Promise<readonly [Place, Aim] | undefined> {
    const partsOf = (shard: number): Args | undefined =>
      shard === shards.indexOf(member) ? ['friends', 1, member] : undefined;
    const [own] = (await lookEverywhere(home, select, partsOf, { ...options, metadata: false })).flatMap(
      (each) => each ?? [],
    );
    const [place = null] = listOf('leaderboard/read', listOf('leaderboard/read', own?.parts[0])[0]);
    if (own === undefined || place === null) return undefined;
    return [layout.readPlace(place), () => ({ round: own.reading.round, during: undefined })];
  }

  async function around(member: string, options?: PageOptions): Promise<Page<O, M> | null> {
    const count = countOf(options, 11);
    const read = readOptions(options);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = await placeOf(checkMember(member), read);
      if (found === undefined) return null;
      const [place, aim] = found;
      const parts = ['near', layout.placeArg(place), member, count];
      const { reading, merged: near } = await merged(parts, read, aim);
      const me = near.rows.findIndex((row) => row.member === member && row.place === place);
      // It left, or moved away, between the two looks.
      if (me < 0) continue;
      const { total } = near;
      const index = near.start + me;
      const start = Math.max(0, Math.min(index - Math.floor((count - 1) / 2), total - count));
      const from = me - (index - start);
      const rows = near.rows.slice(from, from + count);
      return pageOf<O, M>(home, reading, { rows, start, more: start + rows.length < total }, read);
    }
    throw new InvalidArgumentError('member', 'must not move all the time while it is looked at', member);
  }

  const handle: Board<O, M> = {
    name: board.name,
    top: async (options) => head(['rank', 0], options, countOf(options)),
    page: async (options) =>
      rowsFrom<O, M>(home, select, indexFrom(options.from), countOf(options), readOptions(options)),
    between: async (from, to, options) => {
      const { best, worst } = rangeOf(board, from, to);
      return head(['score', layout.placeArg(best), layout.placeArg(worst)], options, countOf(options), worst);
    },
    around,
    after: async (cursor, options) => {
      const { position, aim } = cursorOf(board, selection, cursor, select);
      const { place, member, worst } = position;
      const end = worst === undefined ? '' : layout.placeArg(worst);
      const parts = ['after', layout.placeArg(place), checkMember(member, 'cursor'), end];
      return head(parts, options, countOf(options), worst, aim);
    },
    rank: async (member, options) => (await standings([member], options))[0] ?? null,
    ranks: standings,
    atPercentile: async (percent, options) => {
      const share = checkPercent(percent);
      const { total } = wholeOf(await lookAt([], options));
      if (total === 0) return null;
      const index = indexAtShare(total, share);
      return (await rowsFrom<O, M>(home, select, index, 1, options ?? {})).rows[0] ?? null;
    },
    histogram: async (edges, options) => {
      const ranges = rangesOf(board, edges).map(layout.placeArg);
      const looks = await lookAt(['counts', edges.length - 1, ...ranges], {
        ...options,
        ties: 'ordinal',
        metadata: false,
      });
      const sums = edges.slice(1).map(() => 0);
      for (const look of looks) {
        for (const [i, count] of listOf('leaderboard/read', look?.parts[0]).entries()) {
          sums[i] = (sums[i] ?? 0) + numberOf(count);
        }
      }
      return sums;
    },
    // A board of shards has none of these: refused as by every board without.
    history: async (member, options) => shardBoard(member).history(member, options),
    snapshot: async (options) => shardBoard(board.name).snapshot(options),
    past: async (options) => shardBoard(board.name).past(options),
    movement: async (members, options) => shardBoard(board.name).movement(members, options),
    friends: async (members, { global = false, ...options } = {}) => {
      checkMembers(members, global ? mostMembers : mostFriends);
      if (members.length === 0) return [];
      if (global) {
        const { reading, reply } = await standingsEverywhere(home, select, members, options);
        return readFriends<O, M>(reading, reply, members, true);
      }
      return friendsEverywhere<O, M>(home, select, members, options);
    },
    view: async ({ top, around: member, aroundCount, members = [] }, options) => {
      if (top !== undefined) checkCount('top', top);
      if (member !== undefined) checkMember(member, 'around');
      const rows = member === undefined ? null : checkCount('aroundCount', aroundCount ?? 11);
      checkMembers(members, mostMembers);
      const [best, near, standing, total] = await Promise.all([
        top === undefined ? null : handle.top({ ...options, count: top }),
        member === undefined || rows === null ? null : around(member, { ...options, count: rows }),
        standings(members, options),
        handle.count(options),
      ]);
      return {
        total: best?.total ?? near?.total ?? total,
        top: best?.rows ?? [],
        around: near?.rows ?? null,
        members: standing,
      };
    },
    count: async (options) =>
      wholeOf(await lookAt([], { ...options, ties: 'ordinal', metadata: false })).total,
    finalize: (options) => finalizeSharded<O, M>(home, selection, options),
    remove: async (member, options) => shardBoard(member).remove(member, options),
  };
  return handle;
}
