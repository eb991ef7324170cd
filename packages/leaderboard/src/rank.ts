import { defineScript, fragments, type Reply, type ScriptCall } from '@penknife/core';
import type { ReadOptions } from './board.js';
import type { BoardHome } from './board-home.js';
import type { ResolvedBoard } from './board-options.js';
import type { Aim } from './look.js';
import { checkMember } from './member.js';
import type { Column } from './order/column.js';
import { listOf, numberOf, textOf } from './replies.js';
import { type ClockRefusal, duringArgs, inServerTime, keysOf, type Round } from './rounds.js';
import { type Standing, standingOf } from './rows.js';
import rankLua from './scripts/rank.lua';
import { checkPolicy } from './ties.js';

type RankAnswer =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'ok';
      readonly place: Reply | undefined;
      readonly rank: number;
      readonly ahead: number;
      readonly total: number;
    }
  | ClockRefusal;

const rankScript: ScriptCall<RankAnswer, 1, 5> = defineScript({
  name: 'leaderboard/rank',
  lua: rankLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 5,
  repeatable: true,
  read(reply): RankAnswer {
    const [kind, first, rank, ahead, total] = listOf('leaderboard/rank', reply);
    if (kind === 'clock') return { kind, nowMs: Number(textOf(first)) };
    if (kind === 'nobody') return { kind };
    return { kind: 'ok', place: first, rank: numberOf(rank), ahead: numberOf(ahead), total: numberOf(total) };
  },
});

/** Whether nothing but the sorted set of a packed board is asked. */
export function asksSetAlone<M>({ options }: BoardHome<M>, board: ResolvedBoard, read: ReadOptions): boolean {
  const described = (read.metadata ?? true) && options.metadata !== undefined;
  return options.kind === 'packed' && board.window === undefined && !described;
}

/** Whether `rankOfOne` can say how a member stands. */
export function isPlain<M>(home: BoardHome<M>, board: ResolvedBoard, read: ReadOptions): boolean {
  return (read.ties ?? home.options.ties) !== 'dense' && asksSetAlone(home, board, read);
}

/** How one member stands, by the shortest script there is for it. */
export async function rankOfOne<O extends readonly Column[], M>(
  home: BoardHome<M>,
  board: ResolvedBoard,
  aim: Aim,
  member: string,
  options: ReadOptions,
): Promise<Standing<O, M> | null> {
  const { options: resolved, sender, time } = home;
  const { ties: policy = resolved.ties, metadata: _, ...call } = options;
  checkMember(member, 'members');
  checkPolicy(policy, board.dense, board.name);
  type Found = {
    readonly kind: 'found';
    readonly round: Round;
    readonly answer: Exclude<RankAnswer, ClockRefusal>;
  };
  const { round, answer } = await inServerTime(time, async (nowMs): Promise<Found | ClockRefusal> => {
    const target = aim(nowMs);
    const [key] = keysOf(resolved.home, target.round);
    const [start = '', end = ''] = duringArgs(target);
    const command = rankScript([key as string], [member, policy, board.layout.tie, start, end]);
    const found = await sender.send(command, home.call(call));
    return found.kind === 'clock' ? found : { kind: 'found', round: target.round, answer: found };
  });
  if (answer.kind === 'nobody') return null;
  const { place, rank, ahead, total } = answer;
  const reading = { round, policy, codec: resolved.metadata, total };
  return standingOf<O, M>(reading, member, board.layout.readPlace(place), rank, ahead, null);
}
