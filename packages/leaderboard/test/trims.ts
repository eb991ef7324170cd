import { type Driver, seededRandom } from '@penknife/core';
import { expect } from 'vitest';
import { createLeaderboard } from '../src/index.js';
import { BoardModel } from './model.js';

/** What a board with a size is played under. */
export interface TrimScenario {
  readonly direction: 'asc' | 'desc';
  readonly layout: 'packed' | 'lexicographic';
}

export const trimScenarios: readonly TrimScenario[] = (['packed', 'lexicographic'] as const).flatMap(
  (layout) => (['asc', 'desc'] as const).map((direction) => ({ direction, layout })),
);

/**
 * Plays random submits on a board whose size changes at random, so that one submit puts one too many on it, or finds many.
 * After each the board holds the best of the model and nobody else, and ranks densely as the model does. Throws at the first
 * difference.
 */
export async function playTrims(
  driver: Pick<Driver, 'send' | 'clock'>,
  { direction, layout }: TrimScenario,
  seed: number,
  steps: number,
): Promise<void> {
  const random = seededRandom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random.fraction() * most);
  const model = new BoardModel([{ name: 'points', direction }], 'set');
  const sized = (size: number) =>
    createLeaderboard(driver, {
      name: `trims-${direction}-${layout}-${seed}`,
      order: [{ points: direction, max: 1e6 }],
      layout,
      boards: { all: { operator: 'set', dense: true, size } },
    });
  let scores = sized(40);
  let size = 40;
  for (let step = 0; step < steps; step++) {
    if (random.fraction() < 0.15) {
      size = upTo(40);
      scores = sized(size);
    }
    const member = `m${upTo(60)}`;
    const points = upTo(random.fraction() < 0.5 ? 10 : 1000);
    const had = model.has(member);
    model.submit(member, [BigInt(points)]);
    model.trim(size);
    const { all } = (await scores.submit(member, { points }, { ties: 'dense' })).boards;
    expect(all.total).toBe(model.rows().length);
    expect(all.previous !== null).toBe(had);
    expect(all.current?.rank ?? null).toBe(model.has(member) ? model.rank(member, 'dense') : null);
    expect(all.status === 'beyond').toBe(!model.has(member));
    const { rows, total } = await scores.board('all').top({ count: 100, ties: 'dense' });
    expect(total).toBe(model.rows().length);
    expect(rows).toEqual(
      model.rows().map((row) => ({
        member: row.member,
        rank: model.rank(row.member, 'dense'),
        score: model.score(row),
        metadata: null,
      })),
    );
  }
}
