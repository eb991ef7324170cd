import { InvalidArgumentError, type Reply } from '@penknife/core';
import type { Board, PageOptions, ReadOptions } from './board.js';
import type { BoardHome } from './board-home.js';
import { periodAt } from './calendar/period.js';
import { scripts } from './commands.js';
import { readCursor } from './cursor.js';
import { finalizeRound } from './finalize.js';
import { rangesOf } from './histogram.js';
import { readHistory } from './history.js';
import { checkMember, checkMembers } from './member.js';
import type { ResolvedBoard } from './options.js';
import type { Column } from './order/column.js';
import { prefixBounds } from './order/digits.js';
import type { Place, Values } from './order/layout.js';
import { removalOf } from './removal.js';
import { listOf, numberOf } from './replies.js';
import {
  type Args,
  type BoardSelection,
  type ClockRefusal,
  checkInstant,
  duringArgs,
  inServerTime,
  keysOf,
  selectRound,
  shapeArgs,
  type Target,
} from './rounds.js';
import { type Page, type Reading, readFriends, readPage, readStandings, type Standing } from './rows.js';
import { checkPolicy } from './ties.js';

interface Look<M> {
  readonly kind: 'ok';
  readonly reading: Reading<M>;
  readonly parts: readonly Reply[];
}

const mostRows = 1000;
const mostMembers = 200;
const mostFriends = 1000;

/** Makes the handle of one board. */
export function createBoard<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  selection: BoardSelection,
): Board<O, M> {
  const select = selectRound(board, selection);
  const { metadata: codec, ties, kind } = home.options;
  const { layout } = board;

  async function look(
    parts: Args,
    options: ReadOptions = {},
    target: (nowMs: number) => Target = select,
    local = false,
  ): Promise<Look<M>> {
    const { ties: policy = ties, metadata = true, ...call } = options;
    checkPolicy(policy, local || board.dense, board.name);
    const withMetadata = metadata && codec !== undefined;
    return inServerTime(home.time, async (nowMs): Promise<Look<M> | ClockRefusal> => {
      const aim = target(nowMs);
      const { round } = aim;
      const place = { ...home.options.home, described: withMetadata };
      const command = scripts[kind][withMetadata ? 'readBytes' : 'read'](keysOf(place, round), [
        policy,
        ...shapeArgs(place, board),
        ...duringArgs(aim),
        ...parts,
      ]);
      let answer = await home.sender.send(command, home.call(call));
      // A rolling window takes off what has lapsed a little at a time; each look does some of it.
      while (answer.kind === 'behind') answer = await home.sender.send(command, home.call(call));
      if (answer.kind === 'clock') return answer;
      return { kind: 'ok', reading: { round, policy, codec, total: answer.total }, parts: answer.parts };
    });
  }

  async function page(parts: Args, options?: PageOptions, worst?: Place): Promise<Page<O, M>> {
    const { reading, parts: replies } = await look(parts, readOptions(options));
    return readPage<O, M>(reading, replies[0], worst) as Page<O, M>;
  }

  async function standings(
    members: readonly string[],
    options?: ReadOptions,
  ): Promise<readonly (Standing<O, M> | null)[]> {
    checkMembers(members, mostMembers);
    if (members.length === 0) return [];
    const { reading, parts } = await look(['members', members.length, ...members], options);
    return readStandings<O, M>(reading, parts[0], members);
  }

  return {
    name: board.name,
    top: async (options) => page(['rank', 0, countOf(options)], options),
    page: async (options) => {
      const { from } = options;
      if (!Number.isSafeInteger(from) || from < 1) {
        throw new InvalidArgumentError('from', 'must be a whole number of at least 1', from);
      }
      return page(['rank', from - 1, countOf(options)], options);
    },
    between: async (from, to, options) => {
      const { best } = prefixBounds(layout, board.radices, from as Values, 'from');
      const { worst } = prefixBounds(layout, board.radices, to as Values, 'to');
      if (best > worst) {
        throw new InvalidArgumentError(
          'from',
          'must not be worse than `to`: give the better score first',
          from,
        );
      }
      const range = [layout.placeArg(best), layout.placeArg(worst)];
      return page(['score', ...range, countOf(options)], options, worst);
    },
    around: async (member, options) => {
      const parts = ['around', checkMember(member), countOf(options, 11)];
      const { reading, parts: replies } = await look(parts, readOptions(options));
      return readPage<O, M>(reading, replies[0]);
    },
    after: async (cursor, options) => {
      const { place, member, worst, startMs } = readCursor(layout, cursor);
      const end = worst === undefined ? '' : layout.placeArg(worst);
      const parts = ['after', layout.placeArg(place), checkMember(member, 'cursor'), end, countOf(options)];
      if ((startMs === undefined) !== (board.calendar === undefined)) {
        throw new InvalidArgumentError('cursor', 'must be the `next` of a page of this board', cursor);
      }
      const pinned =
        startMs === undefined || board.calendar === undefined
          ? select
          : pinnedTo(board, selection.part, periodAt(board.calendar, checkInstant('cursor', startMs)));
      const { reading, parts: replies } = await look(parts, readOptions(options), pinned);
      return readPage<O, M>(reading, replies[0], worst) as Page<O, M>;
    },
    rank: async (member, options) => {
      const [standing = null] = await standings([member], options);
      return standing;
    },
    ranks: standings,
    atPercentile: async (percent, options) => {
      if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
        throw new InvalidArgumentError('percent', 'must be a number from 0 to 100', percent);
      }
      const { rows } = await page(['share', percent], options);
      return rows[0] ?? null;
    },
    histogram: async (edges, options) => {
      const ranges = rangesOf(board, edges).map(layout.placeArg);
      const { parts } = await look(['counts', edges.length - 1, ...ranges], {
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
      const { reading, parts } = await look(['history', member], {
        ...options,
        ties: 'ordinal',
        metadata: false,
      });
      return readHistory<O>(reading.round, history.everyMs, parts[0]);
    },
    friends: async (members, { global = false, ...options } = {}) => {
      checkMembers(members, global ? mostMembers : mostFriends);
      if (members.length === 0) return [];
      if (global) {
        const { reading, parts } = await look(['members', members.length, ...members], options);
        return readFriends<O, M>(reading, parts[0], members, true);
      }
      const found = await look(['friends', members.length, ...members], options, select, true);
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
      const { reading, parts: replies } = await look(parts, options);
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
      (await look([], { ...options, ties: 'ordinal', metadata: false })).reading.total,
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

function pinnedTo(
  board: ResolvedBoard,
  part: string | undefined,
  period: { readonly startMs: number; readonly endMs: number },
): () => Target {
  const target: Target = { round: { board, part, period }, during: undefined };
  return () => target;
}

function countOf(options: PageOptions | undefined, byDefault = 10): number {
  return checkCount('count', options?.count ?? byDefault);
}

function checkCount(argument: string, count: number): number {
  if (!Number.isSafeInteger(count) || count < 1 || count > mostRows) {
    throw new InvalidArgumentError(argument, `must be a whole number from 1 to ${mostRows}`, count);
  }
  return count;
}

/** A page's options without what is not for the driver. */
function readOptions(options: (PageOptions & { readonly from?: number }) | undefined): ReadOptions {
  const { count: _, from: __, ...read } = options ?? {};
  return read;
}
