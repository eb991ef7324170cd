import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';
import { club, playBans, playRename, playRenameRace } from './lives.js';

/** Bans, names that change, names that are forgotten, on whatever the context runs on. */
export function memberSuite(context: MatrixContext): void {
  for (const layout of ['packed', 'lexicographic'] as const) {
    const make = async () => club(await context.driver(), layout);

    it(`a banned member is in no read, its scores go on, and come back with it: ${layout}`, async () => {
      await playBans(await context.driver(), layout);
    });

    it(`a member that is submitted to while it is renamed loses no score: ${layout}`, async () => {
      await playRenameRace(await context.driver(), layout);
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
      await playRename(await context.driver(), layout);
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
      order: [{ points: 'desc', max: 1e6 }],
      boards: { clan: { by: 'clan' } },
    });
    await Promise.all(
      Array.from({ length: 120 }, (_, i) => scores.submit('ann', { points: 1 }, { in: { clan: `c${i}` } })),
    );
    expect(await scores.members.forget('ann')).toBe(120);
  });
}
