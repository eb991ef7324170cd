import { type CallOptions, InvalidArgumentError, type Reply } from '@penknife/core';
import type { Movement, Snapshot, SnapshotOptions } from './board.js';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import { scripts } from './commands.js';
import type { Aim } from './look.js';
import { checkMembers } from './member.js';
import type { Column, Score } from './order/column.js';
import type { Place } from './order/layout.js';
import { mostMembers } from './read-arguments.js';
import { textOf } from './replies.js';
import { type ClockRefusal, inServerTime, keysOf, partsOf, type Round, shapeArgs, tagOf } from './rounds.js';

/** What snapshots are asked for. */
export interface Snapshots<O extends readonly Column[]> {
  take(options: CallOptions | undefined): Promise<Snapshot<O>>;
  read(options: SnapshotOptions | undefined): Promise<Snapshot<O> | null>;
  movement(
    members: readonly string[],
    options: SnapshotOptions | undefined,
  ): Promise<readonly (Movement | null)[]>;
}

/** The snapshots of a board. */
export function createSnapshots<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  select: Aim,
): Snapshots<O> {
  const { home: place, kind } = home.options;
  const { snapshots: kept } = board;

  function checkAgo({ ago = 1 }: SnapshotOptions = {}): number {
    if (kept === undefined) {
      throw new InvalidArgumentError('board', 'must be one with snapshots', board.name);
    }
    if (!Number.isSafeInteger(ago) || ago < 0 || ago > kept.keep) {
      throw new InvalidArgumentError('ago', `must be a whole number from 0 to ${kept.keep}`, ago);
    }
    return ago;
  }

  /** The round, the snapshot's key and the stretch the server's clock must be in. */
  function stretchAt(nowMs: number, ago: number): { round: Round; keys: string[]; during: [number, number] } {
    const everyMs = kept?.everyMs ?? 1;
    const { round, during } = select(nowMs);
    const stretch = Math.floor(nowMs / everyMs);
    const key = place.keys.snapshot(tagOf(place, round), ...partsOf(round), String(stretch - ago));
    const startMs = Math.max(stretch * everyMs, during?.startMs ?? 0);
    const endMs = Math.min((stretch + 1) * everyMs, during?.endMs ?? Number.POSITIVE_INFINITY);
    return { round, keys: [key, ...keysOf(place, round)], during: [startMs, endMs] };
  }

  async function look(
    takes: boolean,
    ago: number,
    call: CallOptions | undefined,
  ): Promise<Snapshot<O> | null> {
    type Found = {
      readonly kind: 'found';
      readonly round: Round;
      readonly first: boolean;
      readonly fields: readonly Reply[];
    };
    const found = await inServerTime(home.time, async (nowMs): Promise<Found | ClockRefusal> => {
      const { round, keys, during } = stretchAt(nowMs, ago);
      const keepMs = (kept?.everyMs ?? 1) * ((kept?.keep ?? 0) + 1);
      const args = [takes ? 1 : 0, kept?.top ?? 1, keepMs, ...during, ...shapeArgs(place, board)];
      const answer = await home.sender.send(scripts[kind].snapshot(keys, args), home.call(call));
      if (answer.kind === 'clock') return answer;
      return { kind: 'found', round, first: answer.kind === 'first', fields: answer.fields };
    });
    return readSnapshot<O>(found.round, found.first, found.fields);
  }

  return {
    take: async (options) => {
      checkAgo();
      return (await look(true, 0, options)) as Snapshot<O>;
    },
    read: async (options) => look(false, checkAgo(options), options),
    movement: async (members, options) => {
      const ago = checkAgo(options);
      checkMembers(members, mostMembers);
      if (members.length === 0) return [];
      const { indexes, past } = await inServerTime(home.time, (nowMs) => {
        const { keys, during } = stretchAt(nowMs, ago);
        const args = [...during, ...shapeArgs(place, board), members.length, ...members];
        return home.sender.send(scripts[kind].movement(keys, args), home.call(options));
      });
      return members.map((member, i): Movement | null => {
        const [index = null, before = null] = [indexes[i], past[i]];
        if (typeof index !== 'number') return null;
        const previous = before === null ? null : Number(textOf(before).split(':')[0]) + 1;
        return { member, rank: index + 1, previous, delta: previous === null ? null : previous - index - 1 };
      });
    },
  };
}

function readSnapshot<O extends readonly Column[]>(
  { board, period }: Round,
  first: boolean,
  fields: readonly Reply[],
): Snapshot<O> | null {
  if (fields.length === 0) return null;
  let [atMs, total] = [0, 0];
  const rows: { member: string; rank: number; score: Score<O> }[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const member = textOf(fields[i]);
    const [left = '', right = ''] = textOf(fields[i + 1]).split(':');
    if (member === '') [atMs, total] = [Number(left), Number(right)];
    else {
      const place: Place = board.layout.kind === 'packed' ? Number(right) : right;
      const score = board.layout.scoreAt(place, period?.startMs) as Score<O>;
      rows.push({ member, rank: Number(left) + 1, score });
    }
  }
  rows.sort((left, right) => left.rank - right.rank);
  return { atMs, first, total, rows };
}
