import { InvalidArgumentError, type Reply } from '@penknife/core';
import type { Board, PageOptions, ReadOptions } from './board.js';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import { scripts } from './commands.js';
import { finalizeRound } from './finalize.js';
import { rangesOf } from './histogram.js';
import { readHistory } from './history.js';
import { type Aim, type Look, type LookOptions, look } from './look.js';
import { checkMember, checkMembers } from './member.js';
import type { Column } from './order/column.js';
import type { Place } from './order/layout.js';
import { plainFriends } from './plain-friends.js';
import { isPlain, rankOfOne } from './rank.js';
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
} from './read-arguments.js';
import { removalOf } from './removal.js';
import { listOf, numberOf } from './replies.js';
import { type Args, type BoardSelection, inServerTime, selectRound } from './rounds.js';
import { type Page, readFriends, readPage, readStandings, type Standing } from './rows.js';
import { createSnapshots } from './snapshots.js';

/** Makes the handle of one board. */
export function createBoard<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  selection: BoardSelection,
): Board<O, M> {
  const select = selectRound(board, selection);
  const { kind } = home.options;
  const { layout } = board;
  const snapshots = createSnapshots<O, M>(home, board, select);

  const lookAt = (parts: Args, options?: LookOptions, aim: Aim = select): Promise<Look<M>> =>
    look(home, board, aim, parts, options);

  async function page(parts: Args, options?: PageOptions, worst?: Place): Promise<Page<O, M>> {
    const { reading, parts: replies } = await lookAt(parts, readOptions(options));
    return readPage<O, M>(reading, replies[0], worst) as Page<O, M>;
  }

  async function standings(
    members: readonly string[],
    options?: ReadOptions,
  ): Promise<readonly (Standing<O, M> | null)[]> {
    checkMembers(members, mostMembers);
    if (members.length === 0) return [];
    const { reading, parts } = await lookAt(['members', members.length, ...members], options);
    return readStandings<O, M>(reading, parts[0], members);
  }

  return {
    name: board.name,
    top: async (options) => page(['rank', 0, countOf(options)], options),
    page: async (options) => page(['rank', indexFrom(options.from), countOf(options)], options),
    between: async (from, to, options) => {
      const { best, worst } = rangeOf(board, from, to);
      const range = [layout.placeArg(best), layout.placeArg(worst)];
      return page(['score', ...range, countOf(options)], options, worst);
    },
    around: async (member, options) => {
      const parts = ['around', checkMember(member), countOf(options, 11)];
      const { reading, parts: replies } = await lookAt(parts, readOptions(options));
      return readPage<O, M>(reading, replies[0]);
    },
    after: async (cursor, options) => {
      const { position, aim } = cursorOf(board, selection, cursor, select);
      const { place, member, worst } = position;
      const end = worst === undefined ? '' : layout.placeArg(worst);
      const parts = ['after', layout.placeArg(place), checkMember(member, 'cursor'), end, countOf(options)];
      const { reading, parts: replies } = await lookAt(parts, readOptions(options), aim);
      return readPage<O, M>(reading, replies[0], worst) as Page<O, M>;
    },
    rank: async (member, options = {}) => {
      if (isPlain(home, board, options)) return rankOfOne<O, M>(home, board, select, member, options);
      const [standing = null] = await standings([member], options);
      return standing;
    },
    ranks: standings,
    atPercentile: async (percent, options) => {
      const { rows } = await page(['share', checkPercent(percent)], options);
      return rows[0] ?? null;
    },
    histogram: async (edges, options) => {
      const ranges = rangesOf(board, edges).map(layout.placeArg);
      const { parts } = await lookAt(['counts', edges.length - 1, ...ranges], {
        ...options,
        ties: 'ordinal',
        metadata: false,
      });
      return listOf('leaderboard/read', parts[0]).map(numberOf);
    },
    history: async (member, options) => {
      checkMember(member);
      const { history } = board;
      if (history === undefined) {
        throw new InvalidArgumentError('board', 'must be one with a history', board.name);
      }
      const { reading, parts } = await lookAt(['history', member], {
        ...options,
        ties: 'ordinal',
        metadata: false,
      });
      return readHistory<O>(reading.round, history.everyMs, parts[0]);
    },
    snapshot: (options) => snapshots.take(options),
    past: (options) => snapshots.read(options),
    movement: (members, options) => snapshots.movement(members, options),
    friends: async (members, { global = false, ...options } = {}) => {
      checkMembers(members, global ? mostMembers : mostFriends);
      if (members.length === 0) return [];
      if (global) {
        const { reading, parts } = await lookAt(['members', members.length, ...members], options);
        return readFriends<O, M>(reading, parts[0], members, true);
      }
      const plain = await plainFriends<O, M>(home, board, select, members, options);
      if (plain !== undefined) return plain;
      const found = await lookAt(['friends', members.length, ...members], { ...options, local: true });
      return readFriends<O, M>(found.reading, found.parts[0], members);
    },
    view: async ({ top, around, aroundCount, members = [] }, options) => {
      const parts: Args = [];
      if (top !== undefined) parts.push('rank', 0, checkCount('top', top));
      if (around !== undefined) {
        parts.push('around', checkMember(around, 'around'), checkCount('aroundCount', aroundCount ?? 11));
      }
      checkMembers(members, mostMembers);
      if (members.length > 0) parts.push('members', members.length, ...members);
      const { reading, parts: replies } = await lookAt(parts, options);
      let next = 0;
      const reply = (): Reply | undefined => replies[next++];
      return {
        total: reading.total,
        top: top === undefined ? [] : (readPage<O, M>(reading, reply())?.rows ?? []),
        around: around === undefined ? null : (readPage<O, M>(reading, reply())?.rows ?? null),
        members: members.length === 0 ? [] : readStandings<O, M>(reading, reply(), members),
      };
    },
    count: async (options) =>
      (await lookAt([], { ...options, ties: 'ordinal', metadata: false })).reading.total,
    finalize: (options) => finalizeRound<O, M>(home, board, select, options),
    remove: async (member, options) => {
      checkMember(member);
      const { taken } = await inServerTime(home.time, async (nowMs) => {
        const { keys, args } = removalOf(home.options, member, [select(nowMs)]);
        return home.sender.send(scripts[kind].remove(keys, args), home.call(options));
      });
      return taken > 0;
    },
  };
}
