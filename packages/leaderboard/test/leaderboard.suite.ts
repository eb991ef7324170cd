import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard, leaderboardKeys } from '../src/index.js';

const order = [{ points: 'desc', max: 1e6 }] as const;

/** What submits do, on whatever the context runs on. */
export function leaderboardSuite(context: MatrixContext): void {
  it('one submit to many boards tells of each: old and new rank and score, delta, best', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'arcade',
      order,
      boards: {
        all: {},
        weekly: { period: 'week', zone: 'America/New_York', weekStart: 'sunday' },
        total: { operator: 'sum' },
        country: { by: 'country' },
        clan: { by: 'clan' },
      },
    });
    for (const [member, points] of [
      ['ann', 90],
      ['bob', 100],
      ['cat', 110],
    ] as const) {
      await scores.submit(member, { points }, { in: { country: 'de' } });
    }
    const { boards, repeated } = await scores.submit('ann', { points: 105 }, { in: { country: 'fr' } });
    expect(repeated).toBe(false);
    expect(boards.clan).toBeUndefined();
    expect(boards.all).toEqual({
      status: 'changed',
      previous: { rank: 3, score: { points: 90 } },
      current: { rank: 2, score: { points: 105 } },
      delta: 1,
      isBest: true,
      places: null,
      passed: null,
      total: 3,
      period: null,
    });
    expect(boards.weekly).toMatchObject({ status: 'changed', delta: 1, current: { rank: 2 } });
    const { startMs = 0, endMs = 0 } = boards.weekly.period ?? {};
    expect(startMs).toBeLessThanOrEqual(context.clock.now());
    expect(endMs).toBeGreaterThan(context.clock.now());
    expect(boards.total).toMatchObject({ delta: 2, current: { rank: 1, score: { points: 195 } } });
    expect(boards.country).toMatchObject({ status: 'entered', previous: null, delta: null, isBest: true });
    const worse = await scores.submit('ann', { points: 20 });
    expect(worse.boards.all).toMatchObject({ status: 'unchanged', delta: 0, isBest: false });
    expect(worse.boards.country).toBeUndefined();
    expect((await scores.board('country', { part: 'de' }).rank('ann'))?.score).toEqual({ points: 90 });
    expect((await scores.board('country', { part: 'fr' }).top()).rows.map(({ member }) => member)).toEqual([
      'ann',
    ]);
  });

  it('trap 2: fractions are kept as they are', async () => {
    const laps = createLeaderboard(await context.driver(), {
      name: 'laps',
      order: [{ seconds: 'asc', max: 3600, decimals: 3 }],
    });
    await laps.submit('ann', { seconds: 61.234 });
    await laps.submit('bob', { seconds: 61.233 });
    await laps.submit('ann', { seconds: 61.235 });
    expect((await laps.board('all').top()).rows).toEqual([
      { member: 'bob', rank: 1, score: { seconds: 61.233 }, metadata: null },
      { member: 'ann', rank: 2, score: { seconds: 61.234 }, metadata: null },
    ]);
  });

  it('trap 1: the largest scores stay apart, and a sum beyond its bounds writes nothing anywhere', async () => {
    const max = 2 ** 53 - 2;
    const scores = createLeaderboard(await context.driver(), {
      name: 'huge',
      order: [{ points: 'desc', max }],
      boards: { best: { operator: 'best' }, sum: { operator: 'sum' } },
    });
    await scores.submit('ann', { points: max - 1 });
    await scores.submit('bob', { points: max });
    for (const name of ['best', 'sum'] as const) {
      expect(
        (await scores.board(name).top()).rows.map(({ member, score }) => [member, score.points]),
      ).toEqual([
        ['bob', max],
        ['ann', max - 1],
      ]);
    }
    await expect(scores.submit('ann', { points: max })).rejects.toMatchObject({
      code: 'SCORE_BOUNDS',
      board: 'sum',
      column: 'points',
    });
    expect((await scores.board('best').rank('ann'))?.score.points).toBe(max - 1);
    expect((await scores.submit('ann', { points: 1 })).boards.sum.current?.score.points).toBe(max);
  });

  it('trap 1: int64 and more are exact to the last bit, also as sums and across every byte', async () => {
    const max = 2n ** 63n - 1n;
    const scores = createLeaderboard(await context.driver(), {
      name: 'bank',
      order: [{ coins: 'desc', min: -(2n ** 63n), max }],
      boards: { best: {}, sum: { operator: 'sum', dense: true } },
    });
    await scores.submit('ann', { coins: max - 1n });
    await scores.submit('bob', { coins: max });
    const { rows } = await scores.board('sum').top({ ties: 'dense' });
    expect(rows.map(({ member, rank, score }) => [member, rank, score.coins])).toEqual([
      ['bob', 1, max],
      ['ann', 2, max - 1n],
    ]);
    await expect(scores.submit('ann', { coins: 2n })).rejects.toMatchObject({
      code: 'SCORE_BOUNDS',
      board: 'sum',
      message: expect.stringContaining(`${-(2n ** 63n)} and ${max}`),
    });
    await expect(scores.submit('ann', { coins: 5 as never })).rejects.toMatchObject({
      argument: 'score.coins',
    });
    await expect(scores.submit('ann', { coins: 2n ** 63n })).rejects.toMatchObject({
      argument: 'score.coins',
    });
    const down = await scores.submit('ann', { coins: -max });
    expect(down.boards.sum.current?.score.coins).toBe(-1n);
    expect(down.boards.best.current?.score.coins).toBe(max - 1n);
    const { boards } = await scores.submit('ann', { coins: 2n });
    expect(boards.sum).toMatchObject({ current: { score: { coins: 1n } }, isBest: true });
    const page = await scores.board('sum').between({ coins: 5n }, { coins: -max });
    expect(page.rows.map(({ score }) => score.coins)).toEqual([1n]);
  });

  it('trap 7: distinct results keep their names, from zero to the largest', async () => {
    const max = 2 ** 53 - 2;
    const scores = createLeaderboard(await context.driver(), {
      name: 'canonical',
      order: [{ points: 'desc', max }],
      boards: { all: { operator: 'set', dense: true } },
    });
    const board = scores.board('all');
    const dense = async () => (await board.top({ ties: 'dense' })).rows.map(({ rank }) => rank).join('');
    for (const [member, points] of [
      ['a', max],
      ['b', max - 1],
      ['c', 0],
      ['d', max],
      ['e', -0],
    ] as const) {
      await scores.submit(member, { points });
    }
    expect(await dense()).toBe('11233');
    await scores.submit('b', { points: 0 });
    expect(await dense()).toBe('11222');
    await board.remove('c');
    await board.remove('e');
    expect(await dense()).toBe('112');
    await scores.submit('b', { points: max });
    expect(await dense()).toBe('111');
  });

  it('trap 5: time saturates at the end of its span, and says so by equal times', async () => {
    const since = Date.UTC(2025, 0, 1);
    const scores = createLeaderboard(await context.driver(), {
      name: 'short',
      order: [
        { points: 'desc', max: 10 },
        { at: 'asc', unit: 's', since, span: '10s' },
      ],
      operator: 'set',
    });
    const at = async (member: string, seconds: number): Promise<number | undefined> =>
      (await scores.submit(member, { points: 1 }, { occurredAt: since + seconds * 1000 })).boards.all.current
        ?.score.at;
    expect(await at('a', -5)).toBe(since);
    expect(await at('b', 9.5)).toBe(since + 9000);
    expect(await at('c', 10)).toBe(since + 9000);
    expect(await at('d', 1e6)).toBe(since + 9000);
    expect((await scores.board('all').top()).rows.map(({ member }) => member)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('trap 4: an increment takes the new time, and leaves the other bits alone', async () => {
    const since = Date.UTC(2025, 0, 1);
    const scores = createLeaderboard(await context.driver(), {
      name: 'increments',
      order: [
        { points: 'desc', max: 1e6 },
        { at: 'asc', unit: 's', since },
      ],
      operator: 'sum',
    });
    const submit = async (member: string, points: number, second: number) =>
      (await scores.submit(member, { points }, { occurredAt: since + second * 1000 })).boards.all.current;
    await submit('ann', 5, 3);
    await submit('bob', 7, 9);
    expect((await submit('ann', 2, 20))?.score).toEqual({
      points: 7,
      at: since + 20_000,
    });
    expect((await scores.board('all').top()).rows.map(({ member }) => member)).toEqual(['bob', 'ann']);
    expect((await submit('ann', -7, 30))?.score.points).toBe(0);
    expect((await submit('ann', 1e6, 40))?.score).toEqual({
      points: 1e6,
      at: since + 40_000,
    });
  });

  it('trap 6: dense ranks do not drift, whoever leaves and takes results at the same time', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'drift',
      order: [{ points: 'desc', max: 100 }],
      boards: { all: { operator: 'set', dense: true } },
    });
    const names = Array.from({ length: 8 }, (_, i) => `m${i}`);
    for (let round = 1; round <= 4; round++) {
      await Promise.all([
        ...names.map((name, i) => scores.submit(name, { points: (i * round * 7) % 5 })),
        scores.remove(`m${round}`),
      ]);
      const { rows } = await scores.board('all').top({ ties: 'dense' });
      const results = [...new Set(rows.map(({ score }) => score.points))];
      expect(rows.map(({ rank }) => rank)).toEqual(
        rows.map(({ score }) => results.indexOf(score.points) + 1),
      );
      const ranks = await scores.board('all').ranks(
        rows.map(({ member }) => member),
        { ties: 'dense' },
      );
      expect(ranks.map((each) => each?.rank)).toEqual(rows.map(({ rank }) => rank));
    }
  });

  it('trap 8: the same score again, and an increment of nothing, move nobody', async () => {
    const since = Date.UTC(2025, 0, 1);
    const scores = createLeaderboard(await context.driver(), {
      name: 'ties',
      order: [
        { points: 'desc', max: 10 },
        { at: 'asc', unit: 'ms', since, span: '1d' },
      ],
      boards: { best: {}, set: { operator: 'set' }, sum: { operator: 'sum' }, last: { operator: 'last' } },
    });
    await scores.submit('ann', { points: 5 }, { occurredAt: since + 1000 });
    await scores.submit('bob', { points: 5 }, { occurredAt: since + 2000 });
    const zero = createLeaderboard(await context.driver(), {
      name: 'ties',
      order: [
        { points: 'desc', max: 10 },
        { at: 'asc', unit: 'ms', since, span: '1d' },
      ],
      boards: { sum: { operator: 'sum' } },
    });
    await zero.submit('ann', { points: 0 }, { occurredAt: since + 3000 });
    const first = async (name: 'best' | 'set' | 'sum' | 'last') =>
      (await scores.board(name).top({ count: 1 })).rows[0]?.member;
    expect(await first('sum')).toBe('ann');
    const { boards } = await scores.submit('ann', { points: 5 }, { occurredAt: since + 4000 });
    expect([boards.best.status, boards.set.status, boards.last.status]).toEqual([
      'unchanged',
      'unchanged',
      'changed',
    ]);
    expect([await first('best'), await first('set'), await first('last')]).toEqual(['ann', 'ann', 'bob']);
  });

  it('trap 3: a board that is too big loses its worst, however many those are, with all that is theirs', async () => {
    const driver = await context.driver();
    const sized = (size: number) =>
      createLeaderboard(driver, { name: 'sized', order, boards: { all: { size, dense: true } } });
    const points = [50, 10, 40, 40, 20, 60, 30, 10, 70];
    for (const [i, each] of points.entries()) await sized(9).submit(`m${i}`, { points: each });
    for (const size of [8, 3]) {
      const outcome = (await sized(size).submit('late', { points: 5 })).boards.all;
      expect(outcome).toMatchObject({ status: 'beyond', current: null, previous: null, total: size });
      const { rows, total } = await sized(size).board('all').top({ count: 100, ties: 'dense' });
      expect(total).toBe(size);
      expect(rows.map(({ score }) => score.points)).toEqual([...points].sort((a, b) => b - a).slice(0, size));
    }
    const [groups] = (await context.admin('KEYS', '*board-groups*').catch(() => [])) as string[];
    if (groups !== undefined) expect(await context.admin('ZCARD', groups)).toBe(3);
    expect((await sized(3).submit('new', { points: 65 })).boards.all).toMatchObject({
      status: 'entered',
      current: { rank: 2 },
      total: 3,
    });
  });

  it('trap 14: everything one leaderboard touches lies in one slot', async () => {
    const keys = leaderboardKeys.in('pk');
    for (const kind of Object.keys(leaderboardKeys.kinds) as (keyof typeof keys)[]) {
      expect(keys[kind]('arcade', 'daily', 'by=a}{b')).toContain(':{arcade}:');
    }
  });
}
