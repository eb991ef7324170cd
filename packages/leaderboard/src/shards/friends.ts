import type { Reply } from '@penknife/core';
import type { ReadOptions } from '../board.js';
import type { Aim } from '../look.js';
import type { Column } from '../order/column.js';
import { listOf } from '../replies.js';
import type { Args } from '../rounds.js';
import { type Friend, readFriends } from '../rows.js';
import { lookEverywhere, wholeOf } from './look-everywhere.js';
import type { ShardedBoardHome } from './shard-map.js';

/** Ranks members among themselves: each shard that has some is asked where they stand. `members`: at least one. */
export async function friendsEverywhere<O extends readonly Column[], M>(
  home: ShardedBoardHome<M>,
  aim: Aim,
  members: readonly string[],
  options: ReadOptions,
): Promise<readonly Friend<O, M>[]> {
  const { shards } = home;
  const own = shards.homes.map((_, shard) => members.filter((member) => shards.indexOf(member) === shard));
  const partsOf = (shard: number): Args | undefined => {
    const list = own[shard] ?? [];
    return list.length === 0 ? undefined : ['friends', list.length, ...list];
  };
  const looks = await lookEverywhere(home, aim, partsOf, { ...options, local: true });
  const places: Reply[] = [];
  const metadata: Reply[] = [];
  for (const [shard, look] of looks.entries()) {
    if (look === undefined) continue;
    const [found, described] = listOf('leaderboard/read', look.parts[0]);
    const count = own[shard]?.length ?? 0;
    places.push(...listOf('leaderboard/read', found));
    metadata.push(
      ...(Array.isArray(described) ? (described as Reply[]) : new Array<Reply>(count).fill(null)),
    );
  }
  return readFriends<O, M>(wholeOf(looks), [places, metadata], own.flat());
}
