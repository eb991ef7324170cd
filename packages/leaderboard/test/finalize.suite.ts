import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type Award, createLeaderboard } from '../src/index.js';
import { playFinal } from './lives.js';

const order = [{ points: 'desc', max: 1e6 }] as const;
const dayMs = 86_400_000;

/** The end of a period, on whatever the context runs on. */
export function finalizeSuite(context: MatrixContext): void {
  for (const layout of ['packed', 'lexicographic'] as const) {
    async function make(grace: string | number = 0, keep = '7d') {
      return createLeaderboard(await context.driver(), {
        name: 'cup',
        order,
        layout,
        boards: { daily: { period: 'day', grace, keep } } as {
          readonly daily: { readonly period: 'day'; readonly grace: '25h'; readonly keep: '7d' };
        },
      });
    }

    /** Scores of yesterday, of a board whose grace is still running. */
    async function playYesterday(): Promise<void> {
      const occurredAt = Math.floor(context.clock.now() / dayMs) * dayMs - 1;
      const lenient = await make('25h');
      for (const [member, points] of [
        ['ann', 30],
        ['bob', 20],
        ['cat', 20],
        ['dan', 20],
        ['eve', 10],
      ] as const) {
        await lenient.submit(member, { points }, { occurredAt });
      }
    }

    it(`trap 12: what is frozen stays, whoever still writes or asks: ${layout}`, async () => {
      await playFinal(await context.driver(), layout);
    });

    it(`trap 12: a period is frozen once, and rewards are handed over at least once under a stable id: ${layout}`, async () => {
      await playYesterday();
      const [one, other] = [await make(), await make()];
      expect((await one.board('daily').finalize()).status).toBe('open');
      expect((await (await make('25h')).board('daily', { ago: 1 }).finalize()).status).toBe('open');
      const handed: Award<typeof order>[] = [];
      const yesterday = one.board('daily', { ago: 1 });
      const broken = await yesterday.finalize({
        top: 3,
        ties: 'modified',
        reward(award) {
          if (award.member === 'bob') throw new Error('no stock');
          handed.push(award);
        },
      });
      expect(broken).toMatchObject({ status: 'final', first: true, total: 5, pending: 1 });
      expect(broken.status === 'final' && broken.failures.map(({ award }) => award.member)).toEqual(['bob']);
      const again = await other.board('daily', { ago: 1 }).finalize({
        top: 1,
        reward: (award) => void handed.push(award),
      });
      expect(again).toMatchObject({ status: 'final', first: false, pending: 0, failures: [] });
      expect(again.status === 'final' && again.rows).toEqual([
        { member: 'ann', rank: 1, score: { points: 30 } },
        { member: 'bob', rank: 4, score: { points: 20 } },
        { member: 'cat', rank: 4, score: { points: 20 } },
      ]);
      expect(handed.map(({ member, rank }) => [member, rank])).toEqual([
        ['ann', 1],
        ['cat', 4],
        ['bob', 4],
      ]);
      expect(new Set(handed.map(({ id }) => id)).size).toBe(3);
      expect(handed[0]?.id).toMatch(/^cup\/daily\/[^/]+\/day-\d{8}T000000Z\/ann$/);
      const late = (await one.submit('zoe', { points: 99 }, { occurredAt: (again.period?.endMs ?? 0) - 1 }))
        .boards.daily;
      expect(late.status).toBe('closed');
      expect((await yesterday.finalize()).status).toBe('final');
    });

    it(`whoever finalizes at the same time gets the same result, and one of them froze it: ${layout}`, async () => {
      await playYesterday();
      const handles = await Promise.all([make(), make(), make(), make()]);
      const handed: string[] = [];
      const results = await Promise.all(
        handles.map((scores) =>
          scores.board('daily', { ago: 1 }).finalize({ reward: ({ id }) => void handed.push(id) }),
        ),
      );
      expect(results.filter((result) => result.status === 'final' && result.first)).toHaveLength(1);
      for (const result of results) {
        expect(result.status === 'final' && result.rows.map(({ member }) => member).join()).toBe(
          'ann,bob,cat,dan,eve',
        );
      }
      expect(new Set(handed).size).toBe(5);
    });
  }

  it('a period nobody played has an empty result, one that is forgotten has none', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'cup',
      order,
      boards: { daily: { period: 'day', grace: 0, keep: '1d' } },
    });
    expect(await scores.board('daily', { ago: 1 }).finalize()).toMatchObject({
      status: 'final',
      first: true,
      rows: [],
      total: 0,
      pending: 0,
    });
    expect((await scores.board('daily', { ago: 1 }).finalize()).status).toBe('final');
    expect((await scores.board('daily', { ago: 3 }).finalize()).status).toBe('gone');
  });

  context.where(context.column.memory, 'days pass: on memory only')(
    'a result lives as long as its board: one that ended before would be written, and rewarded, twice',
    async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'cup',
        order,
        boards: { daily: { period: 'day', grace: 0, keep: '30d', keepFinal: '2d' } },
      });
      await scores.submit('ann', { points: 30 });
      const then = context.clock.now();
      await context.advance(dayMs);
      const handed: string[] = [];
      const finalize = () =>
        scores.board('daily', { at: then }).finalize({ reward: ({ id }) => void handed.push(id) });
      expect(await finalize()).toMatchObject({ status: 'final', first: true });
      for (const days of [5, 20]) {
        await context.advance(days * dayMs);
        expect(await finalize()).toMatchObject({ status: 'final', first: false, pending: 0 });
      }
      expect(handed).toHaveLength(1);
      await context.advance(6 * dayMs);
      expect((await finalize()).status).toBe('gone');
    },
  );

  it('between seasons nothing counts', async () => {
    const now = context.clock.now();
    const date = (days: number): string => new Date(now + days * dayMs).toISOString().slice(0, 10);
    const make = async (seasons: readonly { start: string; end: string }[]) =>
      createLeaderboard(await context.driver(), {
        name: 'seasons',
        order,
        boards: { all: {}, season: { period: 'season', seasons, keep: '30d' } },
      });
    const running = await make([{ start: date(-3), end: date(3) }]);
    const inside = (await running.submit('ann', { points: 5 })).boards.season;
    expect(inside).toMatchObject({ status: 'entered', current: { rank: 1 } });
    expect((await running.board('season').top()).rows).toHaveLength(1);
    const paused = await make([
      { start: date(-9), end: date(-2) },
      { start: date(2), end: date(9) },
    ]);
    const { boards } = await paused.submit('bob', { points: 5 });
    expect(boards.all.status).toBe('entered');
    expect(boards.season).toMatchObject({ status: 'closed', period: null, current: null });
    expect(await paused.board('season').top()).toMatchObject({ rows: [], total: 0, period: null });
    expect((await paused.board('season', { ago: 1 }).finalize()).status).toBe('final');
  });
}
