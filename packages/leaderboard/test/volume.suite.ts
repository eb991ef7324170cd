import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard, leaderboardKeys } from '../src/index.js';

const order = [{ points: 'desc', max: 1e6 }] as const;

const names = (rows: readonly { readonly member: string }[]): string[] => rows.map(({ member }) => member);

/** Many submitters, and boards of a thousand members, on whatever the context runs on. */
export function volumeSuite(context: MatrixContext): void {
  it('trap 10: around me there is always me, also while everyone moves', async () => {
    const drivers = await Promise.all([context.driver(), context.driver()]);
    const options = { name: 'moving', order, boards: { all: { operator: 'set' } } } as const;
    const scores = createLeaderboard(drivers[1] as Driver, options);
    const reader = createLeaderboard(drivers[0] as Driver, options);
    for (let i = 0; i < 30; i++) await reader.submit(`m${i}`, { points: i * 10 });
    const board = reader.board('all');
    const writes = Array.from({ length: 150 }, (_, i) =>
      scores.submit(`m${(i * 7) % 30}`, { points: (i * 137) % 300 }),
    );
    const views = Array.from({ length: 60 }, () =>
      board.view({ top: 30, around: 'm3', aroundCount: 5, members: ['m3'] }, { ties: 'competition' }),
    );
    for (const { top, around, members, total } of await Promise.all(views)) {
      expect(total).toBe(30);
      expect(around).toHaveLength(5);
      const place = names(top).indexOf('m3');
      expect(names(around ?? [])).toContain('m3');
      expect(
        names(top)
          .slice(top.indexOf(top.find((row) => row.member === around?.[0]?.member) as never))
          .slice(0, 5),
      ).toEqual(names(around ?? []));
      expect(members[0]?.rank).toBe(top[place]?.rank);
    }
    await Promise.all(writes);
  });

  it('64 submitters of several processes: sums are exact, ranks consistent', async () => {
    const handles = await Promise.all(
      [1, 2, 3, 4].map(async () =>
        createLeaderboard(await context.driver(), {
          name: 'busy',
          order,
          boards: { all: { operator: 'sum', dense: true }, daily: { period: 'day', operator: 'sum' } },
        }),
      ),
    );
    const expected = new Map<string, number>();
    await Promise.all(
      Array.from({ length: 64 }, async (_, submitter) => {
        for (let i = 0; i < 5; i++) {
          const member = `m${(submitter * 7 + i) % 10}`;
          const points = 1 + ((submitter + i) % 3);
          expected.set(member, (expected.get(member) ?? 0) + points);
          await handles[submitter % 4]?.submit(member, { points });
        }
      }),
    );
    const sums = [...expected.values()].sort((a, b) => b - a);
    const board = (handles[0] as (typeof handles)[0]).board('all');
    const { rows } = await board.top({ count: 100, ties: 'dense' });
    for (const { member, score, rank } of rows) {
      expect(score.points).toBe(expected.get(member));
      expect(rank).toBe(new Set(sums.filter((sum) => sum > score.points)).size + 1);
    }
    expect(rows).toHaveLength(10);
  });

  it('rounds that have ended leave the register by a hundred a new round, however many end at once', async () => {
    const driver = await context.driver();
    const key = leaderboardKeys.in('pk').rounds('shedding');
    const ended = Array.from({ length: 250 }, (_, i) => [
      1 + (i % 2),
      `,1,0,pk:lb1:period:{shedding}:gone:${i}`,
    ]);
    await driver.send({ args: ['ZADD', key, ...ended.flat()], key, read: Number });
    const scores = createLeaderboard(driver, { name: 'shedding', order, boards: { clan: { by: 'clan' } } });
    const left: number[] = [];
    for (const clan of ['a', 'b', 'c', 'd']) {
      await scores.submit('ann', { points: 1 }, { in: { clan } });
      left.push(await driver.send({ args: ['ZCARD', key], key, read: Number }));
    }
    expect(left).toEqual([151, 52, 3, 4]);
  });

  it('trap 13: the largest page, list and circle are answered', async () => {
    const names = Array.from({ length: 1050 }, (_, i) => `player-${i}`);
    const scores = createLeaderboard(await context.driver(), {
      name: 'large',
      order,
      boards: { all: { dense: true } },
    });
    const pointsOf = (i: number): number => (i * 7919) % 500;
    await Promise.all(names.map((name, i) => scores.submit(name, { points: pointsOf(i) })));
    const board = scores.board('all');
    const [page, circle, ranks, view] = [
      await board.top({ count: 1000, ties: 'modified' }),
      await board.friends(names.slice(0, 1000), { ties: 'competition' }),
      await board.ranks(names.slice(0, 200), { ties: 'dense' }),
      await board.view({ top: 1000, around: 'player-7', aroundCount: 1000 }),
    ];
    expect([page.rows.length, circle.length, ranks.length]).toEqual([1000, 1000, 200]);
    expect([view.top.length, view.around?.length]).toEqual([1000, 1000]);
    const last = page.rows.at(-1);
    const notWorse = names.filter((_, i) => pointsOf(i) >= (last?.score.points ?? 0));
    expect(last?.rank).toBe(notWorse.length);
    expect(ranks.every((standing) => standing !== null && standing.rank <= 500)).toBe(true);
  });

  context.where(
    !context.column.memory && context.column.topology === 'single',
    'memory is asked of one real server',
  )(
    'a member with a name of 14 bytes takes at most 120 bytes, in the lexicographic layout at most 200',
    async () => {
      const members = 1000;
      for (const [layout, most] of [
        ['packed', 120],
        ['lexicographic', 200],
      ] as const) {
        await context.admin('FLUSHALL');
        const scores = createLeaderboard(await context.driver(), {
          name: 'memory',
          order: [
            { points: 'desc', max: 1e6 },
            { at: 'asc', unit: 's' },
          ],
          layout,
        });
        await Promise.all(
          Array.from({ length: members }, (_, i) =>
            scores.submit(`player-${String(i).padStart(7, '0')}`, { points: i * 1000 }),
          ),
        );
        let bytes = 0;
        for (const key of (await context.admin('KEYS', '*')) as string[]) {
          bytes += Number(await context.admin('MEMORY', 'USAGE', key, 'SAMPLES', 0));
        }
        expect(bytes / members, layout).toBeLessThanOrEqual(most);
        expect(bytes / members, layout).toBeGreaterThan(50);
      }
    },
  );
}
