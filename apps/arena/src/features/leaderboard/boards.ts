import { type Codec, jsonCodec, type RandomSource } from '@penknife/core';
import type { LeaderboardEvent, Row } from '@penknife/leaderboard';
import { type ChannelDefinition, defineChannel } from '@penknife/pubsub';

/** Most points first; among equals who had them first. */
export const order = [
  { points: 'desc', max: 1e6 },
  { at: 'asc', unit: 's' },
] as const;

/** Today the best round counts, over all time the sum of all rounds. Both keep what dense ranks need. */
export const boards = {
  today: { period: 'day', operator: 'best', dense: true },
  total: { operator: 'sum', dense: true, size: 10_000 },
} as const;

/** The tie policies the page offers. */
export const tiePolicies = ['competition', 'dense', 'ordinal'] as const;

/** A round's points: few different ones, so that players are often equal. */
export function playRound(random: RandomSource): number {
  return 10 * (1 + Math.floor(10 * random.fraction()));
}

/** What the page is told as it happens: that a score moved, or what a submit brought about. */
export interface Move {
  readonly player: string;
  readonly news: 'newLeader' | 'passed' | null;
  readonly board: string | null;
  /** Those who were passed, the best of them. */
  readonly passed: readonly string[];
}

/** Where moves are told to every instance. */
export const gameMoves: ChannelDefinition<'game:{game}:moves', Move, Move, 'fire'> = defineChannel(
  'game:{game}:moves',
  { codec: jsonCodec as Codec<Move>, delivery: 'fire' },
);

/** The one game there is. */
export const game = { game: 'arena' } as const;

/** An event as the page is told of it; null for those it does not show. */
export function moveOf(event: LeaderboardEvent): Move | null {
  const { member: player, board, type } = event;
  if (type === 'newLeader') return { player, news: type, board, passed: [] };
  if (type === 'passed') return { player, news: type, board, passed: event.members };
  return null;
}

/** A row as the page gets it. */
export interface ShownRow {
  readonly rank: number;
  readonly player: string;
  readonly points: number;
  readonly own: boolean;
  /** Among friends: the rank in the whole. */
  readonly globalRank?: number | null;
}

/** Rows as the page gets them, with the visitor's own one marked. */
export function showRows(
  rows: readonly (Row<typeof order, never> & { readonly globalRank?: number | null })[],
  player: string,
): readonly ShownRow[] {
  return rows.map(({ rank, member, score, globalRank }) => ({
    ...(globalRank !== undefined && { globalRank }),
    rank,
    player: member,
    points: score.points,
    own: member === player,
  }));
}
