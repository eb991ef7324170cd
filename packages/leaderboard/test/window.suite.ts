import { type MatrixContext, slowDriver } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';
import { playRolling, rollingBoards } from './rolling.js';

const hourMs = 3_600_000;
const order = [{ points: 'desc', max: 1e6 }] as const;

/** Rolling windows, on whatever the context runs on. */
export function windowSuite(context: MatrixContext): void {
  async function make() {
    return rollingBoards(await context.driver());
  }

  context.where(context.column.memory, 'days pass only on a clock that is moved by hand')(
    'a look that comes after much has lapsed has one deadline for all its commands',
    async () => {
      const scores = await make();
      for (let i = 0; i < 60; i++) await scores.submit(`m${i}`, { points: 1 });
      await context.advance(20 * hourMs);
      await scores.submit('late', { points: 1 });
      await context.advance(6 * hourMs);
      const { driver, given } = slowDriver(await context.driver(), 10_000);
      const { rows } = await rollingBoards(driver).board('best').top({ deadlineMs: 100_000 });
      expect(rows.map(({ member }) => member)).toEqual(['late']);
      expect(given.length).toBeGreaterThan(1);
      expect(given).toEqual(given.map((_, i) => 100_000 - 10_000 * i));
    },
  );

  it('sums and bests of the last 24 hours: what happened before counts no more', async () => {
    const scores = await make();
    const now = context.clock.now();
    const submit = async (member: string, points: number, hoursAgo: number) =>
      (await scores.submit(member, { points }, { occurredAt: now - hoursAgo * hourMs })).boards;
    await submit('ann', 50, 20);
    await submit('ann', 30, 10);
    await submit('bob', 60, 1);
    expect(await submit('ann', 10, 30)).toMatchObject({
      best: { status: 'closed' },
      sum: { status: 'closed' },
    });
    const last = await submit('ann', 5, 0);
    expect(last.best).toMatchObject({ status: 'unchanged', current: { rank: 2, score: { points: 50 } } });
    expect(last.sum).toMatchObject({
      status: 'changed',
      previous: { rank: 1, score: { points: 80 } },
      current: { rank: 1, score: { points: 85 } },
      period: null,
    });
    const { rows } = await scores.board('best').top({ ties: 'dense' });
    expect(rows.map(({ member, rank, score }) => [member, rank, score.points])).toEqual([
      ['bob', 1, 60],
      ['ann', 2, 50],
    ]);
    await expect(submit('ann', -100, 0)).resolves.toBeDefined();
    await expect(submit('ann', -100, 0)).rejects.toMatchObject({ code: 'SCORE_BOUNDS', board: 'sum' });
    expect(await scores.remove('ann')).toBe(2);
    expect((await submit('ann', 1, 0)).sum.current?.score.points).toBe(1);
  });

  it('another operator begins the window anew: what buckets hold is of theirs', async () => {
    const driver = await context.driver();
    const make = (operator: 'best' | 'sum') =>
      createLeaderboard(driver, { name: 'turned', order, boards: { hot: { window: '24h', operator } } });
    const [sum, best] = [make('sum'), make('best')];
    for (const points of [5, 6]) await sum.submit('ann', { points });
    expect(await best.board('hot').rank('ann')).toBeNull();
    for (const points of [7, 3]) await best.submit('ann', { points });
    expect((await best.board('hot').rank('ann'))?.score.points).toBe(7);
    expect((await sum.board('hot').rank('ann'))?.score.points).toBe(11);
    expect(await best.members.forget('ann')).toBe(1);
    expect((await sum.board('hot').rank('ann'))?.score.points).toBe(11);
  });

  it('sums of a window begin at 0: a column whose bounds leave it out is refused when the leaderboard is made', async () => {
    const driver = await context.driver();
    const make = (min: number, max: number, operator: 'best' | 'sum') => () =>
      createLeaderboard(driver, {
        name: 'off',
        order: [{ points: 'desc', min, max }],
        boards: { hot: { window: '24h', operator } },
      });
    for (const [min, max] of [
      [5, 10],
      [1, 10],
      [-9, -1],
    ] as const) {
      expect(make(min, max, 'sum')).toThrow(
        /boards\.hot\.operator must not be 'sum' .* bounds of points leave 0 out/,
      );
      expect(make(min, max, 'best')).not.toThrow();
    }
    expect(make(-9, 0, 'sum')).not.toThrow();
  });

  it('sums whose parts cannot surely be added up exactly are refused', async () => {
    const most = 2 ** 53 - 2;
    const scores = createLeaderboard(await context.driver(), {
      name: 'vast',
      order: [{ points: 'desc', max: most }],
      boards: { hot: { window: '24h', operator: 'sum' } },
    });
    const submit = (points: number, hoursAgo: number) =>
      scores.submit('ann', { points }, { occurredAt: context.clock.now() - hoursAgo * hourMs });
    await submit(most, 9);
    await expect(submit(-3, 6)).rejects.toMatchObject({ code: 'SCORE_BOUNDS', board: 'hot' });
    expect((await scores.board('hot').rank('ann'))?.score.points).toBe(most);
  });

  context.where(context.column.memory, 'days pass: on memory only')(
    'a credit that lapsed before its debit blocks nothing: what leads back into the bounds counts on every board',
    async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'owing',
        order,
        boards: { all: { operator: 'sum' }, hot: { window: '24h', operator: 'sum' } },
      });
      const submit = async (points: number) => {
        const { all, hot } = (await scores.submit('ann', { points })).boards;
        return [all.current?.score.points, hot.current?.score.points];
      };
      expect(await submit(5)).toEqual([5, 5]);
      await context.advance(10 * hourMs);
      expect(await submit(-3)).toEqual([2, 2]);
      await context.advance(16 * hourMs);
      expect((await scores.board('hot').rank('ann'))?.score.points).toBe(0);
      expect(await submit(2)).toEqual([4, 0]);
      await expect(submit(-1)).rejects.toMatchObject({ code: 'SCORE_BOUNDS', board: 'hot' });
      expect(await submit(2)).toEqual([6, 1]);
      await context.advance(10 * hourMs);
      expect((await scores.board('hot').rank('ann'))?.score.points).toBe(4);
      expect(await submit(-4)).toEqual([2, 0]);
      await expect(submit(1e6 - 1)).rejects.toMatchObject({ code: 'SCORE_BOUNDS', board: 'all' });
    },
  );

  context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
    'every key of a window ends a window after its last score',
    async () => {
      await (await make()).submit('ann', { points: 1 });
      const keys = ((await context.admin('KEYS', '*')) as string[]).filter(
        (key) => !key.includes(':rounds:'),
      );
      expect(keys.length).toBe(7);
      for (const key of keys) {
        const ttl = Number(await context.admin('PTTL', key));
        expect(ttl, key).toBeGreaterThan(24 * hourMs);
        expect(ttl, key).toBeLessThanOrEqual(25 * hourMs);
      }
    },
  );

  context.where(context.column.memory, 'days pass: on memory only')(
    'lines of the past and attempts of a window live as long as its board; who registers it goes with it',
    async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'lasting',
        order,
        boards: {
          hot: { window: '24h', history: { every: '1h', samples: 9 }, attempts: 3, by: 'country' },
        },
      });
      const submit = async (member: string, country: string) =>
        (await scores.submit(member, { points: 5 }, { in: { country } })).boards.hot?.status;
      for (let i = 0; i < 3; i++) {
        expect(await submit('ann', 'de')).not.toBe('spent');
        await context.advance(13 * hourMs);
      }
      expect(await submit('ann', 'de')).toBe('spent');
      expect(await scores.board('hot', { part: 'de' }).history('ann')).toHaveLength(3);
      await context.advance(26 * hourMs);
      expect(await submit('ann', 'fr')).toBe('entered');
      // KEYS asks one node only.
      if (context.column.topology !== 'cluster') {
        const [rounds] = (await context.admin('KEYS', '*:rounds:*')) as string[];
        expect(await context.admin('ZCARD', rounds as string)).toBe(1);
      }
      expect(await scores.members.forget('ann')).toBe(1);
    },
  );

  context.where(context.column.memory, 'days pass: on memory only')(
    'property: a score counts for the window, and at most one bucket longer; ranks follow as time passes',
    async () => {
      await playRolling(await context.driver(), (ms) => context.advance(ms));
    },
  );

  context.where(context.column.memory, 'days pass: on memory only')(
    'a board nobody looked at for a while catches up, a little a look',
    async () => {
      const scores = await make();
      for (let i = 0; i < 180; i++) await scores.submit(`m${i}`, { points: i });
      await context.advance(23 * hourMs);
      await scores.submit('late', { points: 7 });
      await context.advance(hourMs + 1000);
      expect((await scores.board('best').top()).rows.map(({ member }) => member)).toEqual(['late']);
      // A submit takes off a few, a look all there are.
      const { boards } = await scores.submit('m1', { points: 9 });
      expect(boards.sum.current?.score.points).toBe(9);
      expect(await scores.board('sum').count()).toBe(2);
      expect(await scores.board('sum').rank('m1')).toMatchObject({ rank: 1, score: { points: 9 } });
    },
  );
}
