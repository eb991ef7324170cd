import type { RandomSource } from '@penknife/core';
import type { Row } from '@penknife/leaderboard';

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

/** A row as the page gets it. */
export interface ShownRow {
  readonly rank: number;
  readonly player: string;
  readonly points: number;
  readonly own: boolean;
}

/** Rows as the page gets them, with the visitor's own one marked. */
export function showRows(rows: readonly Row<typeof order, never>[], player: string): readonly ShownRow[] {
  return rows.map(({ rank, member, score }) => ({
    rank,
    player: member,
    points: score.points,
    own: member === player,
  }));
}
