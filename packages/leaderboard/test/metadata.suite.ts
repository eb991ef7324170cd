import { type Codec, jsonCodec } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';

interface Profile {
  readonly name: string;
}

const order = [{ points: 'desc', max: 1e6 }] as const;

/** Metadata lives and dies with its member, on whatever the context runs on. */
export function metadataSuite(context: MatrixContext): void {
  async function make(
    boards: { all: object; daily: { period: 'day' } } = { all: {}, daily: { period: 'day' } },
  ) {
    return createLeaderboard(await context.driver(), {
      name: 'profiles',
      order,
      boards,
      metadata: jsonCodec as Codec<Profile>,
    });
  }

  /** Fields left in all hashes. */
  async function fields(): Promise<number> {
    let count = 0;
    const names = (await context.admin('KEYS', '*')) as string[];
    for (const key of names) if (key.includes('-meta:')) count += Number(await context.admin('HLEN', key));
    return count;
  }

  it('is read with the page, in the same look', async () => {
    const scores = await make();
    await scores.submit('ann', { points: 3 }, { metadata: { name: 'Änne \u{1f600}' } });
    await scores.submit('bob', { points: 2 });
    await scores.submit('ann', { points: 1 }, { metadata: { name: 'Anne' } });
    const board = scores.board('daily');
    const { rows } = await board.top();
    expect(rows.map(({ member, metadata }) => [member, metadata])).toEqual([
      ['ann', { name: 'Anne' }],
      ['bob', null],
    ]);
    expect((await board.rank('ann'))?.metadata).toEqual({ name: 'Anne' });
    expect((await board.friends(['ann']))[0]?.metadata).toEqual({ name: 'Anne' });
    expect((await board.top({ metadata: false })).rows[0]?.metadata).toBeNull();
  });

  it('a submit without attempts left writes none, for a member that is there or not', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'spent',
      order,
      boards: { cup: { attempts: 1 } },
      metadata: jsonCodec as Codec<Profile>,
    });
    const board = scores.board('cup');
    const submit = async (name: string) =>
      (await scores.submit('ann', { points: 3 }, { metadata: { name } })).boards.cup.status;
    expect(await submit('first')).toBe('entered');
    expect(await submit('second')).toBe('spent');
    expect((await board.rank('ann'))?.metadata).toEqual({ name: 'first' });
    await board.remove('ann');
    expect(await submit('third')).toBe('spent');
    if (context.column.topology !== 'cluster') expect(await fields()).toBe(0);
  });

  context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
    'trap 16: it is gone with the member on every path: removal, removal everywhere, a full board',
    async () => {
      const scores = await make();
      const metadata = { name: 'x' };
      await scores.submit('ann', { points: 1 }, { metadata });
      await scores.submit('bob', { points: 2 }, { metadata });
      expect(await fields()).toBe(4);
      expect(await scores.board('all').remove('ann')).toBe(true);
      expect(await scores.board('all').remove('ann')).toBe(false);
      expect(await fields()).toBe(3);
      expect(await scores.remove('ann')).toBe(1);
      expect(await scores.remove('bob')).toBe(2);
      expect(await fields()).toBe(0);
      const left = (await context.admin('KEYS', '*')) as string[];
      expect(left.filter((key) => !key.includes(':rounds:'))).toEqual([]);
      const small = await make({ all: { size: 2 }, daily: { period: 'day' } });
      for (const [i, member] of ['a', 'b', 'c', 'd'].entries()) {
        await small.submit(member, { points: i }, { metadata });
      }
      expect(await fields()).toBe(6);
      await small.submit('worst', { points: 0 }, { metadata });
      expect(await fields()).toBe(7);
      expect((await small.board('all').top()).rows.every((row) => row.metadata?.name === 'x')).toBe(true);
    },
  );
}
