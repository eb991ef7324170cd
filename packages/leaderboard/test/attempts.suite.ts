import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';

const order = [{ points: 'desc', max: 1e6 }] as const;

/** Attempts of members whose names change, on whatever the context runs on. */
export function attemptsSuite(context: MatrixContext): void {
  it('attempts that were spent under another name stay spent', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'cup',
      order,
      boards: { cup: { attempts: 3 } },
    });
    const submit = async (member: string, points: number) =>
      (await scores.submit(member, { points })).boards.cup.status;
    await submit('bob', 1);
    await submit('bob', 2);
    await submit('al', 1);
    expect(await scores.members.rename('bob', 'al')).toBe(1);
    expect(await submit('al', 9)).toBe('spent');
    expect(await submit('bob', 9)).toBe('entered');
  });

  for (const layout of ['packed', 'lexicographic'] as const) {
    it(`attempts of who has no place any more go with the name, too: ${layout}`, async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'cup',
        order,
        layout,
        boards: { cup: { attempts: 3 }, free: {} },
      });
      const submit = async (member: string) => (await scores.submit(member, { points: 5 })).boards.cup.status;
      for (const member of ['bob', 'bob', 'al']) await submit(member);
      expect(await scores.remove('bob')).toBe(2);
      expect(await scores.members.rename('bob', 'al')).toBe(0);
      expect(await submit('al')).toBe('spent');
      expect(await submit('bob')).toBe('entered');
      for (const member of ['bob', 'bob']) await submit(member);
      await scores.remove('bob');
      expect(await scores.members.rename('bob', 'cat')).toBe(0);
      expect(await submit('cat')).toBe('spent');
      expect(await scores.board('cup').rank('cat')).toBeNull();
      expect((await scores.board('cup').rank('al'))?.score.points).toBe(5);
    });
  }
}
