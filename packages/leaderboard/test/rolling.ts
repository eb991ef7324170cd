import { type Driver, seededRandom } from '@penknife/core';
import { expect } from 'vitest';
import { type BoardOptions, createLeaderboard, type Leaderboard } from '../src/index.js';

const order = [{ points: 'desc', min: -100, max: 1e6 }] as const;
const hourMs = 3_600_000;

/** A score as the window's model keeps it. */
interface Scored {
  readonly member: string;
  readonly points: number;
  readonly at: number;
}

/** Boards of the last 24 hours. */
export function rollingBoards(
  driver: Pick<Driver, 'send' | 'clock'>,
): Leaderboard<typeof order, { readonly best: BoardOptions; readonly sum: BoardOptions }, never> {
  return createLeaderboard(driver, {
    name: 'rolling',
    order,
    boards: { best: { window: '24h', dense: true }, sum: { window: '24h', operator: 'sum' } },
  });
}

/**
 * Plays days of random scores, and compares: whoever scored within the window counts, nothing counts a bucket longer than
 * that, and ranks follow. Throws at the first difference.
 */
export async function playRolling(
  driver: Pick<Driver, 'send' | 'clock'>,
  advance: (ms: number) => Promise<void>,
): Promise<void> {
  const random = seededRandom(11);
  const integer = (most: number): number => Math.floor(random.fraction() * most);
  const scores = rollingBoards(driver);
  const scored: Scored[] = [];
  for (let step = 0; step < 150; step++) {
    const member = `m${integer(6)}`;
    const points = 1 + integer(50);
    await scores.submit(member, { points });
    scored.push({ member, points, at: driver.clock.now() });
    await advance(integer(4 * hourMs));
    const now = driver.clock.now();
    const surely = scored.filter(({ at }) => at + 24 * hourMs > now);
    const maybe = scored.filter(({ at }) => at + 25 * hourMs > now);
    for (const [board, fold] of [
      ['best', (list: number[]) => Math.max(...list)],
      ['sum', (list: number[]) => list.reduce((a, b) => a + b, 0)],
    ] as const) {
      const { rows, total } = await scores.board(board).top({ count: 100 });
      const of = (list: readonly Scored[], name: string): number | null => {
        const own = list.filter((each) => each.member === name).map((each) => each.points);
        return own.length === 0 ? null : fold(own);
      };
      for (let i = 0; i < 6; i++) {
        const [least, most] = [of(surely, `m${i}`), of(maybe, `m${i}`)];
        const found = rows.find((row) => row.member === `m${i}`)?.score.points ?? null;
        if (least !== null) expect(found ?? -1).toBeGreaterThanOrEqual(least);
        if (found !== null) expect(found).toBeLessThanOrEqual(most ?? -1);
      }
      expect(rows).toHaveLength(total);
      expect(rows.map(({ score }) => score.points)).toEqual(
        rows.map(({ score }) => score.points).sort((a, b) => b - a),
      );
    }
  }
  await advance(26 * hourMs);
  expect(await scores.board('sum').count()).toBe(0);
}
