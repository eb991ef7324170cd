import { type MatrixContext, overFailovers } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard, leaderboardKeys } from '../src/index.js';

/** Any key of the leaderboard: all lie in one slot. */
const key = leaderboardKeys.in('pk').rounds('cup');

function failoverSuite({ driver, faults }: MatrixContext): void {
  const open = async () =>
    createLeaderboard(await driver(), {
      name: 'cup',
      order: [{ points: 'desc', max: 1e6 }],
      boards: { sum: { operator: 'sum' }, best: {} },
      deadlineMs: 40_000,
    });
  type Scores = Awaited<ReturnType<typeof open>>;
  /** Scores under a key that says which submit it is, so that all of them can be made again. */
  const submit = (scores: Scores, member: string, points: number, key: string) =>
    scores.submit(member, { points }, { key });
  /** The best first; what `top`, `ranks` and `count` say of a board has to agree. */
  async function standings(scores: Scores, board: 'sum' | 'best'): Promise<readonly (readonly unknown[])[]> {
    const { rows, total } = await scores.board(board).top();
    const ranks = await scores.board(board).ranks(rows.map(({ member }) => member));
    expect(ranks).toMatchObject(rows);
    expect([await scores.board(board).count(), rows.length]).toEqual([total, total]);
    return rows.map(({ member, rank, score }) => [rank, member, score.points]);
  }

  it('submits that a failover kept count no second time when they are repeated under their keys, and lost ones count once', async () => {
    const [here, there] = [await open(), await open()];
    const known = [
      await submit(here, 'ann', 30, 'a1'),
      await submit(there, 'bob', 20, 'b1'),
      await submit(here, 'cat', 25, 'c1'),
    ];
    await faults.failOver?.(key, async () => {
      const { boards } = await submit(here, 'bob', 15, 'b2');
      expect(boards.sum.current).toEqual({ rank: 1, score: { points: 35 } });
      await submit(there, 'dan', 40, 'd1');
      expect(await standings(there, 'sum')).toEqual([
        [1, 'dan', 40],
        [2, 'bob', 35],
        [3, 'ann', 30],
        [4, 'cat', 25],
      ]);
    });
    const kept = [
      [1, 'ann', 30],
      [2, 'cat', 25],
      [3, 'bob', 20],
    ];
    expect(await standings(there, 'sum')).toEqual(kept);
    expect(await there.board('sum').rank('dan')).toBeNull();
    // Whoever does not know what became of his submits makes all of them again.
    const again = [
      await submit(there, 'ann', 30, 'a1'),
      await submit(here, 'bob', 20, 'b1'),
      await submit(there, 'cat', 25, 'c1'),
    ];
    expect(again).toEqual(known.map((answer) => ({ ...answer, repeated: true })));
    expect([await standings(here, 'sum'), await standings(here, 'best')]).toEqual([kept, kept]);
    // The lost ones, by both processes at once.
    for (const [member, points, under] of [
      ['bob', 15, 'b2'],
      ['dan', 40, 'd1'],
    ] as const) {
      const both = await Promise.all([here, there].map((scores) => submit(scores, member, points, under)));
      expect(both.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
    }
    expect(await standings(here, 'sum')).toEqual([
      [1, 'dan', 40],
      [2, 'bob', 35],
      [3, 'ann', 30],
      [4, 'cat', 25],
    ]);
    expect(await standings(there, 'best')).toEqual([
      [1, 'dan', 40],
      [2, 'ann', 30],
      [3, 'cat', 25],
      [4, 'bob', 20],
    ]);
  });
}

overFailovers('a leaderboard and a failover', failoverSuite, leaderboardKeys);
