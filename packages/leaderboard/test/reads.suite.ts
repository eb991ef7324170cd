import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type Board, createLeaderboard, type Row } from '../src/index.js';
import { indexAtShare } from '../src/index-at-share.js';

const order = [{ points: 'desc', max: 1e6 }] as const;
type Order = typeof order;

const membersOf = (rows: readonly Row<Order, never>[] = []): string[] => rows.map(({ member }) => member);
const ranksOf = (rows: readonly Row<Order, never>[] = []): number[] => rows.map(({ rank }) => rank);

/** What reads give, on whatever the context runs on. */
export function readSuite(context: MatrixContext): void {
  async function boardOf(
    points: readonly (readonly [string, number])[],
    driver?: Driver,
  ): Promise<Board<Order, never>> {
    const scores = createLeaderboard(driver ?? (await context.driver()), {
      name: 'reads',
      order,
      boards: { all: { dense: true, operator: 'set' } },
    });
    await Promise.all(points.map(([member, each]) => scores.submit(member, { points: each })));
    return scores.board('all');
  }

  it('one board, four tie policies', async () => {
    const board = await boardOf([
      ['a', 9],
      ['b', 7],
      ['c', 7],
      ['d', 5],
    ]);
    const ranks = async (ties: 'ordinal' | 'competition' | 'modified' | 'dense') =>
      ranksOf((await board.top({ ties })).rows).join('');
    expect(await ranks('ordinal')).toBe('1234');
    expect(await ranks('competition')).toBe('1224');
    expect(await ranks('modified')).toBe('1334');
    expect(await ranks('dense')).toBe('1223');
    expect((await board.rank('d', { ties: 'dense' }))?.rank).toBe(3);
    expect(await board.rank('b', { ties: 'modified' })).toMatchObject({ rank: 3, total: 4, percentile: 75 });
  });

  it('trap 9: equals come in the order of their bytes, a to z, and not of UTF-16 units', async () => {
    const names = ['\u{1f600}', 'z', '\uff5e', 'a', 'é', 'Z'];
    const board = await boardOf(names.map((name) => [name, 1]));
    expect(membersOf((await board.top()).rows)).toEqual(['Z', 'a', 'z', 'é', '\uff5e', '\u{1f600}']);
  });

  it('cursors neither repeat nor skip while others come, go and move', async () => {
    const driver = await context.driver();
    const still = Array.from({ length: 40 }, (_, i) => [`still${i}`, (i % 4) * 100] as const);
    const restless = Array.from({ length: 20 }, (_, i) => `x${i}`);
    const board = await boardOf([...still, ...restless.map((name, i) => [name, i * 17] as const)], driver);
    const scores = createLeaderboard(driver, {
      name: 'reads',
      order,
      boards: { all: { dense: true, operator: 'set' } },
    });
    const seen: string[] = [];
    let page = await board.top({ count: 4 });
    for (let step = 0; ; step++) {
      seen.push(...membersOf(page.rows));
      if (page.next === null) break;
      // The last row of the page, too, may go or move before the next page is asked for.
      const last = membersOf(page.rows).at(-1) ?? '';
      if (restless.includes(last)) await board.remove(last);
      for (let i = 0; i < 3; i++) {
        const name = restless[(step * 3 + i) % restless.length] as string;
        if ((step + i) % 5 === 0) await board.remove(name);
        else await scores.submit(name, { points: (step * 91 + i * 57) % 310 });
      }
      page = await board.after(page.next, { count: 4 });
    }
    const met = seen.filter((member) => member.startsWith('still'));
    expect(met).toHaveLength(40);
    expect(new Set(met).size).toBe(40);
  });

  it('a range of scores and a page end where they should, and go on by their cursor', async () => {
    const board = await boardOf(Array.from({ length: 10 }, (_, i) => [`m${i}`, i * 10]));
    const first = await board.between({ points: 70 }, { points: 30 }, { count: 2 });
    expect(membersOf(first.rows)).toEqual(['m7', 'm6']);
    const second = await board.after(first.next as string, { count: 2 });
    expect(membersOf(second.rows)).toEqual(['m5', 'm4']);
    const third = await board.after(second.next as string, { count: 2 });
    expect(membersOf(third.rows)).toEqual(['m3']);
    expect(third.next).toBeNull();
    expect(ranksOf((await board.page({ from: 9, count: 5 })).rows)).toEqual([9, 10]);
    expect((await board.page({ from: 9, count: 5 })).next).toBeNull();
    expect(await board.page({ from: 99 })).toEqual({ rows: [], total: 10, next: null, period: null });
    expect(membersOf((await board.around('m9', { count: 3 }))?.rows)).toEqual(['m9', 'm8', 'm7']);
    expect(membersOf((await board.around('m0', { count: 3 }))?.rows)).toEqual(['m2', 'm1', 'm0']);
    expect(await board.around('nobody')).toBeNull();
    expect(await board.rank('nobody')).toBeNull();
  });

  context.where(context.column.memory, 'a thousand members and as many reads')(
    'every tenth of a percent finds the worst row that is not worse, by the share that its own standing tells',
    async () => {
      for (const total of [7, 1000]) {
        const board = await boardOf(Array.from({ length: total }, (_, i) => [`m${i + 1}`, i + 1]));
        for (let tenth = 0; tenth <= 1000; tenth++) {
          const percent = tenth / 10;
          // Without ties the member with i points is not better than i of all: the worst with a share of at least this.
          let points = 1;
          while ((100 * points) / total < percent) points++;
          expect((await board.atPercentile(percent))?.member, String(percent)).toBe(`m${points}`);
          expect(total - 1 - indexAtShare(total, percent), String(percent)).toBe(points - 1);
        }
        for (let i = 1; i <= total; i++) await board.remove(`m${i}`);
      }
    },
  );

  it('friends are ranked among themselves', async () => {
    const board = await boardOf(Array.from({ length: 20 }, (_, i) => [`m${i}`, (i >> 1) * 10]));
    const friends = await board.friends(['m3', 'stranger', 'm18', 'm2', 'm0'], { ties: 'competition' });
    expect(friends.map(({ member, rank, score }) => [member, rank, score.points])).toEqual([
      ['m18', 1, 90],
      ['m2', 2, 10],
      ['m3', 2, 10],
      ['m0', 4, 0],
    ]);
    expect(await board.friends([])).toEqual([]);
    expect(await board.ranks([])).toEqual([]);
  });

  context.where(!context.column.memory, 'the engine in the process counts nothing')(
    'every submit and every read is one command, in a few hundred bytes',
    async () => {
      const driver = await context.driver();
      const scores = createLeaderboard(driver, {
        name: 'counted',
        order,
        boards: { all: {}, daily: { period: 'day' }, sum: { operator: 'sum' } },
      });
      const board = scores.board('all');
      await scores.submit('ann', { points: 1 });
      await board.top();
      // With room for what a cluster's replicas acknowledge meanwhile, some 40 bytes each.
      const budgets: [string, () => Promise<unknown>, bytes: number][] = [
        ['submit to 3', () => scores.submit('ann', { points: 2 }), 650],
        ['rank', () => board.rank('ann'), 260],
        ['top', () => board.top(), 260],
        ['around', () => board.around('ann'), 260],
        ['friends', () => board.friends(['ann', 'bob']), 260],
      ];
      for (const [name, run, bytes] of budgets) {
        const counted = await context.counts(run);
        const sent = name === 'friends' ? counted?.calls.zmscore : counted?.calls.evalsha;
        expect(sent, name).toBe(1);
        expect(counted?.calls.eval, name).toBeUndefined();
        expect(counted?.roundTrips, name).toBe(1);
        expect(counted?.bytesIn, name).toBeLessThan(bytes);
      }
      const friends = ['ann', 'bob', 'cat'];
      expect((await context.counts(() => board.friends(friends)))?.calls).toEqual({ zmscore: 1 });
      // A board with periods compares the server's clock, in the same act.
      const daily = scores.board('daily');
      await daily.friends(friends);
      const { calls } = (await context.counts(() => daily.friends(friends))) ?? { calls: {} };
      expect(calls).toMatchObject({ evalsha: 1, zmscore: 1 });
      expect(calls.eval).toBeUndefined();
    },
  );
}
