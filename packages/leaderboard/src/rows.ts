import type { Codec, Reply } from '@penknife/core';
import type { Period } from './calendar/period.js';
import { listOf, numberOf, textOf } from './commands.js';
import { writeCursor } from './cursor.js';
import { byBytes } from './member.js';
import type { Column, Score } from './order/column.js';
import { groupOf, unpack } from './order/layout.js';
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
  worst?: number,
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
  const members: string[] = [];
  const scores: number[] = [];
  for (const [i, each] of listOf('leaderboard/read', flat).entries()) {
    if (i % 2 === 0) members.push(textOf(each));
    else scores.push(Number(textOf(each)));
  }
  const ranks = ranksOf(
    scores.map((score) => groupOf(layout, score)),
    facts,
    policy,
  );
  const rows = members.map((member, i) =>
    rowOf<O, M>(reading, member, scores[i] as number, ranks[i] as number, metadataAt(metadata, i)),
  );
  const last = members.length - 1;
  // Ranges by score say how many they hold; all others end with the board.
  const more =
    worst === undefined ? facts.start + members.length < total : members.length < numberOf(inRange);
  const next =
    more && last >= 0
      ? writeCursor(layout, {
          packed: scores[last] as number,
          member: members[last] as string,
          worst: worst ?? Number.MAX_SAFE_INTEGER,
          startMs: round.period?.startMs,
        })
      : null;
  return { rows, total, next, period: round.period ?? null };
}

/** Reads how members stand, in the order they were asked for; null for those who are not on the board. */
export function readStandings<O extends readonly Column[], M>(
  reading: Reading<M>,
  reply: Reply | undefined,
  members: readonly string[],
): readonly (Standing<O, M> | null)[] {
  const [scores, ranks, ahead, metadata] = listOf('leaderboard/read', reply);
  const { total } = reading;
  const scoreList = listOf('leaderboard/read', scores);
  const rankList = listOf('leaderboard/read', ranks);
  const aheadList = listOf('leaderboard/read', ahead);
  return members.map((member, i) => {
    const score = scoreList[i] ?? null;
    if (score === null) return null;
    const row = rowOf<O, M>(
      reading,
      member,
      Number(textOf(score)),
      numberOf(rankList[i]),
      metadataAt(metadata, i),
    );
    return { ...row, total, percentile: (100 * (total - numberOf(aheadList[i]))) / total };
  });
}

/** Ranks members among themselves, by their scores alone; those who are not on the board are left out. */
export function readFriends<O extends readonly Column[], M>(
  reading: Reading<M>,
  reply: Reply | undefined,
  members: readonly string[],
): readonly Row<O, M>[] {
  const [scores, metadata] = listOf('leaderboard/read', reply);
  const found = listOf('leaderboard/read', scores).flatMap((score, i) =>
    score === null
      ? []
      : [{ member: members[i] as string, packed: Number(textOf(score)), metadata: metadataAt(metadata, i) }],
  );
  found.sort((left, right) => left.packed - right.packed || byBytes(left.member, right.member));
  const groups = found.map(({ packed }) => groupOf(reading.round.board.layout, packed));
  const facts: WindowFacts = { start: 0, ahead: 0, upTo: found.length, groupsAhead: 0 };
  const ranks = ranksOf(groups, facts, reading.policy);
  return found.map((each, i) =>
    rowOf<O, M>(reading, each.member, each.packed, ranks[i] as number, each.metadata),
  );
}

function rowOf<O extends readonly Column[], M>(
  { round, codec }: Reading<M>,
  member: string,
  packed: number,
  rank: number,
  metadata: Uint8Array | null,
): Row<O, M> {
  const score = unpack(round.board.layout, packed, round.period?.startMs) as Score<O>;
  return { member, rank, score, metadata: metadata === null || !codec ? null : codec.decode(metadata) };
}

function metadataAt(metadata: Reply | undefined, index: number): Uint8Array | null {
  if (!Array.isArray(metadata)) return null;
  const value: Reply = metadata[index] ?? null;
  return value instanceof Uint8Array ? value : null;
}
