import type { CallOptions, Reply } from '@penknife/core';
import type { ReadOptions } from '../board.js';
import type { Aim } from '../look.js';
import type { Place } from '../order/layout.js';
import { listOf, numberOf } from '../replies.js';
import type { Args } from '../rounds.js';
import type { Reading } from '../rows.js';
import { lookEverywhere, totalOf, wholeOf } from './look-everywhere.js';
import type { ShardedBoardHome } from './shard-map.js';

/** A member whose rank in the whole is asked for. */
export interface Counted {
  readonly member: string;
  readonly place: Place;
}

/** How many of other shards are ahead of a member by a policy, or not worse; and how many are better. */
export interface Beside {
  readonly rank: number;
  readonly ahead: number;
}

/**
 * Counts, on every shard but the own one of each (with `ownToo` on all), who is ahead of members: one parallel round trip. Gives
 * the sums in the order of the members, and how many members those shards have.
 */
export async function countBeside<M>(
  home: ShardedBoardHome<M>,
  aim: Aim,
  members: readonly Counted[],
  options: ReadOptions | undefined,
  ownToo = false,
): Promise<{ readonly sums: readonly Beside[]; readonly total: number }> {
  const { shards, board } = home;
  const askedOf = shards.homes.map((_, shard) =>
    members.filter(({ member }) => ownToo || shards.indexOf(member) !== shard),
  );
  const looks = await lookEverywhere(
    home,
    aim,
    (shard) => {
      const asked = askedOf[shard] ?? [];
      if (asked.length === 0) return undefined;
      return asked.flatMap(({ place, member }): Args => ['beside', board.layout.placeArg(place), member]);
    },
    { ...options, metadata: false },
  );
  const sums = new Map(members.map((each) => [each, { rank: 0, ahead: 0 }]));
  for (const [shard, look] of looks.entries()) {
    for (const [i, each] of (askedOf[shard] ?? []).entries()) {
      const [rank, ahead] = listOf('leaderboard/read', look?.parts[i]);
      const sum = sums.get(each);
      if (sum === undefined) continue;
      sum.rank += numberOf(rank);
      sum.ahead += numberOf(ahead);
    }
  }
  return {
    sums: members.map((each) => sums.get(each) ?? { rank: 0, ahead: 0 }),
    total: totalOf(looks),
  };
}

/** How many members all shards have but the own one of a member. */
export async function totalBeside<M>(
  home: ShardedBoardHome<M>,
  aim: Aim,
  member: string,
  call: CallOptions,
): Promise<number> {
  const own = home.shards.indexOf(member);
  const partsOf = (shard: number): Args | undefined => (shard === own ? undefined : []);
  const options = { ...call, ties: 'ordinal', metadata: false } as const;
  return totalOf(await lookEverywhere(home, aim, partsOf, options));
}

/** Standings in the whole, in the shape in which one shard gives its own (see read.lua). */
export interface Standings<M> {
  readonly reading: Reading<M>;
  readonly reply: readonly Reply[];
}

/** How members stand in the whole: their own shards are asked where, then all others who is ahead. */
export async function standingsEverywhere<M>(
  home: ShardedBoardHome<M>,
  aim: Aim,
  members: readonly string[],
  options: ReadOptions | undefined,
): Promise<Standings<M>> {
  const { shards, board } = home;
  const own = shards.homes.map((_, shard) => members.filter((member) => shards.indexOf(member) === shard));
  const looks = await lookEverywhere(
    home,
    aim,
    (shard) => {
      const list = own[shard] ?? [];
      return list.length === 0 ? [] : ['members', list.length, ...list];
    },
    options,
  );
  const places = new Array<Reply>(members.length).fill(null);
  const ranks = new Array<Reply>(members.length).fill(null);
  const ahead = new Array<Reply>(members.length).fill(null);
  const metadata = new Array<Reply>(members.length).fill(null);
  for (const [shard, look] of looks.entries()) {
    const list = own[shard] ?? [];
    if (look === undefined || list.length === 0) continue;
    const found = listOf('leaderboard/read', look.parts[0]);
    for (const [i, member] of list.entries()) {
      const at = members.indexOf(member);
      for (const [to, from] of [
        [places, 0],
        [ranks, 1],
        [ahead, 2],
        [metadata, 3],
      ] as const) {
        const value = found[from];
        to[at] = Array.isArray(value) ? ((value as readonly Reply[])[i] ?? null) : null;
      }
    }
  }
  const reading = wholeOf(looks);
  const present = members.flatMap((member, at) =>
    places[at] === null ? [] : [{ member, at, place: board.layout.readPlace(places[at]) }],
  );
  if (present.length > 0) {
    const pinned: Aim = () => ({ round: reading.round, during: undefined });
    const { sums } = await countBeside(home, pinned, present, options);
    for (const [i, { at }] of present.entries()) {
      ranks[at] = numberOf(ranks[at]) + (sums[i]?.rank ?? 0);
      ahead[at] = numberOf(ahead[at]) + (sums[i]?.ahead ?? 0);
    }
  }
  return { reading, reply: [places, ranks, ahead, metadata] };
}
