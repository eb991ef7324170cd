import type { Codec, Reply } from '@penknife/core';
import type { Period } from './calendar/period.js';
import { writeCursor } from './cursor.js';
import { byBytes } from './member.js';
import type { Column, Score } from './order/column.js';
import type { Place } from './order/layout.js';
import { listOf, numberOf } from './replies.js';
import type { Round } from './rounds.js';
import { ranksOf, type TiePolicy, type WindowFacts } from './ties.js';

/** A member on a board. */
export interface Row<O extends readonly Column[], M> {
  readonly member: string;
  /** From 1, under the tie policy of the call. */
  readonly rank: number;
  readonly score: Score<O>;
  /** Null where there is none, or where it was not asked for. */
  readonly metadata: M | null;
}

/** A member on a board, and how it stands in the whole. */
export interface Standing<O extends readonly Column[], M> extends Row<O, M> {
  /** Members on the board. */
  readonly total: number;
  /** The share of members that are not better, in percent: 100 for the first, whatever the tie policy. */
  readonly percentile: number;
}

/** A member among its friends. */
export interface Friend<O extends readonly Column[], M> extends Row<O, M> {
  /** In the whole; null where it was not asked for. */
  readonly globalRank: number | null;
}

/** Consecutive rows of a board, the best first. */
export interface Page<O extends readonly Column[], M> {
  readonly rows: readonly Row<O, M>[];
  /** Members on the board, in the same instant. */
  readonly total: number;
  /** Continues after the last row (`after`), whatever is written meanwhile; null: nothing is left of what was asked for. */
  readonly next: string | null;
  /** The period that was read; null on a board without periods. */
  readonly period: Period | null;
}

/** What is needed to make rows of replies. */
export interface Reading<M> {
  readonly round: Round;
  readonly policy: TiePolicy;
  readonly codec: Codec<M> | undefined;
  readonly total: number;
}

/** Reads a window of the board; null for the surroundings of nobody. */
export function readPage<O extends readonly Column[], M>(
  reading: Reading<M>,
  reply: Reply | undefined,
  worst?: Place,
): Page<O, M> | null {
  if (reply === null) return null;
  const { round, policy, total } = reading;
  const { layout } = round.board;
  const [start, inRange, ahead, upTo, groupsAhead, flat, metadata] = listOf('leaderboard/read', reply);
  const facts: WindowFacts = {
    start: numberOf(start),
    ahead: numberOf(ahead),
    upTo: numberOf(upTo),
    groupsAhead: numberOf(groupsAhead),
  };
  const found = layout.readRows(flat);
  const ranks = ranksOf(
    found.map(({ place }) => layout.resultOf(place)),
    facts,
    policy,
  );
  const rows = found.map(({ member, place }, i) =>
    rowOf<O, M>(reading, member, place, ranks[i] as number, metadataAt(metadata, i)),
  );
  const last = found.at(-1);
  // Ranges by score say how many they hold; all others end with the board.
  const more = worst === undefined ? facts.start + found.length < total : found.length < numberOf(inRange);
  const next = more && last ? writeCursor(layout, { ...last, worst, startMs: round.period?.startMs }) : null;
  return { rows, total, next, period: round.period === undefined || round.period.off ? null : round.period };
}

/** Reads how members stand, in the order they were asked for; null for those who are not on the board. */
export function readStandings<O extends readonly Column[], M>(
  reading: Reading<M>,
  reply: Reply | undefined,
  members: readonly string[],
): readonly (Standing<O, M> | null)[] {
  const [places, ranks, ahead, metadata] = listOf('leaderboard/read', reply);
  const placeList = listOf('leaderboard/read', places);
  const rankList = listOf('leaderboard/read', ranks);
  const aheadList = listOf('leaderboard/read', ahead);
  return members.map((member, i) => {
    const place = placeList[i] ?? null;
    if (place === null) return null;
    return standingOf<O, M>(
      reading,
      member,
      reading.round.board.layout.readPlace(place),
      numberOf(rankList[i]),
      numberOf(aheadList[i]),
      metadataAt(metadata, i),
    );
  });
}

/** How a member stands, of whom so many are `ahead`. */
export function standingOf<O extends readonly Column[], M>(
  reading: Reading<M>,
  member: string,
  place: Place,
  rank: number,
  ahead: number,
  metadata: Uint8Array | null,
): Standing<O, M> {
  const { total } = reading;
  const row = rowOf<O, M>(reading, member, place, rank, metadata);
  return { ...row, total, percentile: (100 * (total - ahead)) / total };
}

/** Ranks members among themselves, by their scores alone; those who are not on the board are left out. */
export function readFriends<O extends readonly Column[], M>(
  reading: Reading<M>,
  reply: Reply | undefined,
  members: readonly string[],
  global = false,
): readonly Friend<O, M>[] {
  const { layout } = reading.round.board;
  const [places, ...rest] = listOf('leaderboard/read', reply);
  const metadata = rest.at(-1);
  const globalRanks = global ? listOf('leaderboard/read', rest[0]) : [];
  const found = listOf('leaderboard/read', places).flatMap((place, i) =>
    place === null
      ? []
      : [
          {
            member: members[i] as string,
            place: layout.readPlace(place),
            metadata: metadataAt(metadata, i),
            globalRank: global ? numberOf(globalRanks[i]) : null,
          },
        ],
  );
  found.sort((left, right) => byPlace(left.place, right.place) || byBytes(left.member, right.member));
  const groups = found.map(({ place }) => layout.resultOf(place));
  const facts: WindowFacts = { start: 0, ahead: 0, upTo: found.length, groupsAhead: 0 };
  const ranks = ranksOf(groups, facts, reading.policy);
  return found.map((each, i) => ({
    ...rowOf<O, M>(reading, each.member, each.place, ranks[i] as number, each.metadata),
    globalRank: each.globalRank,
  }));
}

function byPlace(left: Place, right: Place): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** A row as it is handed out. */
export function rowOf<O extends readonly Column[], M>(
  { round, codec }: Reading<M>,
  member: string,
  place: Place,
  rank: number,
  metadata: Uint8Array | null,
): Row<O, M> {
  const score = round.board.layout.scoreAt(place, round.period?.startMs) as Score<O>;
  return { member, rank, score, metadata: metadata === null || !codec ? null : codec.decode(metadata) };
}

/** The metadata of a row, as bytes. */
export function metadataAt(metadata: Reply | undefined, index: number): Uint8Array | null {
  if (!Array.isArray(metadata)) return null;
  const value: Reply = metadata[index] ?? null;
  return value instanceof Uint8Array ? value : null;
}
