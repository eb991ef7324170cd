import { type Codec, jsonCodec } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';

const order = [
  { points: 'desc', max: 1e6 },
  { at: 'asc', unit: 's', since: Date.UTC(2020, 0, 1) },
] as const;

/** Bans, names that change, names that are forgotten, on whatever the context runs on. */
export function memberSuite(context: MatrixContext): void {
  for (const layout of ['packed', 'lexicographic'] as const) {
    async function make() {
      return createLeaderboard(await context.driver(), {
        name: 'club',
        order,
        layout,
        bans: true,
        metadata: jsonCodec as Codec<string>,
        boards: {
          best: { dense: true },
          sum: { operator: 'sum', history: { every: '1h', samples: 3 } },
          daily: { period: 'day', history: { every: '1h', samples: 3 }, attempts: 9 },
          last: { operator: 'last', attempts: 9 },
          country: { by: 'country', operator: 'set' },
        },
      });
    }
    type Scores = Awaited<ReturnType<typeof make>>;

    const standing = async (scores: Scores, member: string): Promise<(number | undefined)[]> => {
      const boards = [
        scores.board('best'),
        scores.board('sum'),
        scores.board('last'),
        scores.board('country', { part: 'de' }),
      ];
      return Promise.all(boards.map(async (board) => (await board.rank(member))?.score.points));
    };

    it(`a banned member is in no read, its scores go on, and come back with it: ${layout}`, async () => {
      const scores = await make();
      const de = { in: { country: 'de' } } as const;
      for (const [member, points] of [
        ['ann', 30],
        ['bob', 20],
        ['cat', 10],
      ] as const) {
        await scores.submit(member, { points }, { ...de, metadata: member });
      }
      expect(await scores.members.ban('ann')).toBe(5);
      expect(await standing(scores, 'ann')).toEqual([undefined, undefined, undefined, undefined]);
      expect(await scores.board('best').top({ ties: 'dense' })).toMatchObject({
        total: 2,
        rows: [
          { member: 'bob', rank: 1 },
          { member: 'cat', rank: 2 },
        ],
      });
      const { boards } = await scores.submit('ann', { points: 35 }, de);
      expect(boards.best).toMatchObject({ status: 'hidden', current: null, previous: null, total: 2 });
      await scores.submit('ann', { points: 1 }, de);
      expect(await scores.board('best').count()).toBe(2);
      expect(await scores.members.unban('ann')).toBe(5);
      expect(await standing(scores, 'ann')).toEqual([35, 66, 1, 1]);
      expect((await scores.board('best').rank('ann', { ties: 'dense' }))?.metadata).toBe('ann');
      expect(await scores.members.unban('ann')).toBe(0);
      expect((await scores.submit('ann', { points: 40 })).boards.best.status).toBe('changed');
    });

    it(`who is new and banned stays unseen, and the board's keys still end: ${layout}`, async () => {
      const scores = await make();
      expect(await scores.members.ban('ann')).toBe(0);
      await scores.submit('ann', { points: 5 });
      expect(await scores.board('daily').count()).toBe(0);
      await scores.submit('bob', { points: 3 });
      expect(await scores.members.unban('ann')).toBe(4);
      expect((await scores.board('daily').top()).rows.map(({ member }) => member)).toEqual(['ann', 'bob']);
      await scores.members.ban('ann');
      await scores.members.ban('bob');
      await scores.members.unban('bob');
    });

    it(`two names become one by the operator of each board: ${layout}`, async () => {
      const scores = await make();
      const de = { in: { country: 'de' } } as const;
      await scores.submit('old', { points: 30 }, { ...de, metadata: 'old' });
      await scores.submit('new', { points: 20 }, { ...de, occurredAt: context.clock.now() - 5000 });
      expect(await scores.members.rename('old', 'new')).toBe(5);
      expect(await standing(scores, 'old')).toEqual([undefined, undefined, undefined, undefined]);
      expect(await standing(scores, 'new')).toEqual([30, 50, 30, 20]);
      expect((await scores.board('best').rank('new', { ties: 'dense' }))?.rank).toBe(1);
      expect((await scores.board('best').rank('new'))?.metadata).toBe('old');
      expect(await scores.members.rename('old', 'new')).toBe(0);
      expect(await scores.members.rename('new', 'newer')).toBeGreaterThanOrEqual(5);
      expect(await standing(scores, 'newer')).toEqual([30, 50, 30, 20]);
    });

    context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
      `who is forgotten is nowhere any more, in boards of another order either: ${layout}`,
      async () => {
        const scores = await make();
        const earlier = createLeaderboard(await context.driver(), {
          name: 'club',
          order: [{ points: 'asc', max: 5 }],
          boards: { past: { dense: true } },
        });
        await earlier.submit('ann', { points: 1 });
        await scores.submit('ann', { points: 30 }, { in: { country: 'de' }, metadata: 'secret' });
        await scores.members.ban('ann');
        await scores.submit('ann', { points: 31 }, { in: { country: 'fr' } });
        expect(await scores.members.unban('ann')).toBe(6);
        expect(await scores.members.forget('ann')).toBe(7);
        const left = ((await context.admin('KEYS', '*')) as string[]).filter(
          (key) => !key.includes(':rounds:'),
        );
        expect(left).toEqual([]);
        expect(await scores.members.forget('ann')).toBe(0);
      },
    );
  }

  it('more rounds than one call takes are all found', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'parts',
      order,
      boards: { clan: { by: 'clan' } },
    });
    await Promise.all(
      Array.from({ length: 120 }, (_, i) => scores.submit('ann', { points: 1 }, { in: { clan: `c${i}` } })),
    );
    expect(await scores.members.forget('ann')).toBe(120);
  });
}
