import { slotOf } from '@penknife/core';
import type { BoardHome } from '../board-home.js';
import type { ResolvedBoard } from '../board-options.js';

/** The shards of a leaderboard: each a leaderboard of its own in its own slot, for its share of the members. */
export interface ShardMap<M> {
  readonly homes: readonly BoardHome<M>[];
  /** Where a member lives: the CRC16 of its name, modulo the number of shards. */
  indexOf(member: string): number;
  homeOf(member: string): BoardHome<M>;
}

/** Divides a leaderboard. The number of shards stands in the keys: another number starts new boards. */
export function shardMap<M>(whole: BoardHome<M>, count: number): ShardMap<M> {
  const { home, name } = whole.options;
  const homes = Array.from({ length: count }, (_, i): BoardHome<M> => {
    const tag = [name, 'shards', `${i + 1}-of-${count}`];
    return { ...whole, options: { ...whole.options, home: { ...home, tag } } };
  });
  const indexOf = (member: string): number => slotOf(Buffer.from(member)) % count;
  return { homes, indexOf, homeOf: (member) => homes[indexOf(member)] as BoardHome<M> };
}

/** A board of one shard or another: the board itself is the same on all. */
export interface ShardedBoardHome<M> {
  readonly shards: ShardMap<M>;
  readonly board: ResolvedBoard;
}
