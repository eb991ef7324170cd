import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';
import { playAgainstModel, scenarios, wideScenarios } from './oracle.js';

const order = [{ points: 'desc', max: 1e6 }] as const;
const dayMs = 86_400_000;

/** Boards above one key, on whatever the context runs on. */
export function shardSuite(context: MatrixContext): void {
  const played = context.column.memory
    ? [...scenarios, ...wideScenarios.slice(0, 2)]
    : [scenarios[1], wideScenarios[0]].flatMap((each) => each ?? []);
  for (const scenario of played) {
    const operators = context.column.memory ? scenario.operators : scenario.operators.slice(-1);
    for (const operator of operators) {
      it(`over 3 shards every read equals the model's: ${scenario.name}, ${operator}`, async () => {
        const steps = context.column.memory ? 40 : 20;
        await playAgainstModel(await context.driver(), { ...scenario, shards: 3 }, operator, 1, steps);
      });
    }
  }

  it('trap 14: a submit is one command on the shard of its member, and the shards lie in slots of their own', async () => {
    const driver = await context.driver();
    const keys: string[] = [];
    const scores = createLeaderboard(
      {
        clock: driver.clock,
        send: (command, options) => {
          keys.push(`${command.script?.name} ${/\{[^}]*\}/.exec(String(command.key))?.[0]}`);
          return driver.send(command, options);
        },
      },
      { name: 'big', order, shards: 4, boards: { all: {}, daily: { period: 'day' } } },
    );
    await scores.submit('ann', { points: 5 });
    expect(keys.filter((key) => key.startsWith('leaderboard/submit'))).toHaveLength(1);
    expect(new Set(keys.map((key) => key.split(' ')[1])).size).toBe(4);
    keys.length = 0;
    await scores.board('all').rank('ann');
    expect(keys.length).toBeLessThanOrEqual(4 + 3);
    keys.length = 0;
    await scores.board('all').top();
    expect(keys).toHaveLength(4);
  });

  it('sums of many submitters are exact, ranks consistent, retries under a key not counted again', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'busy',
      order,
      shards: 3,
      boards: { all: { operator: 'sum' }, daily: { period: 'day', operator: 'sum' } },
    });
    await Promise.all(
      Array.from({ length: 90 }, (_, i) =>
        scores.submit(`m${i % 9}`, { points: 1 + (i % 9) }, { key: `k${Math.floor(i / 18)}` }),
      ),
    );
    const { rows, total } = await scores.board('daily').top({ ties: 'competition' });
    expect(total).toBe(9);
    expect(rows.map(({ member, rank, score }) => [member, rank, score.points])).toEqual(
      Array.from({ length: 9 }, (_, i) => [`m${8 - i}`, i + 1, 5 * (9 - i)]),
    );
  });

  for (const layout of ['packed', 'lexicographic'] as const) {
    it(`a period of all shards is frozen once, its awards handed over at least once: ${layout}`, async () => {
      const make = async (grace: string) =>
        createLeaderboard(await context.driver(), {
          name: 'cup',
          order,
          layout,
          shards: 3,
          boards: { daily: { period: 'day', grace: grace as '0s' } },
        });
      const occurredAt = Math.floor(context.clock.now() / dayMs) * dayMs - 1;
      const lenient = await make('25h');
      const points = [30, 20, 20, 20, 10, 20, 5];
      for (const [i, each] of points.entries())
        await lenient.submit(`m${i}`, { points: each }, { occurredAt });
      const [one, other] = await Promise.all([make('0s'), make('0s')]);
      expect((await one.board('daily').finalize()).status).toBe('open');
      const handed: string[] = [];
      const broken = await one.board('daily', { ago: 1 }).finalize({
        top: 3,
        ties: 'modified',
        reward: ({ member }) => {
          if (member === 'm1') throw new Error('no stock');
          handed.push(member);
        },
      });
      expect(broken).toMatchObject({ status: 'final', first: true, total: 7, pending: 1 });
      const again = await other.board('daily', { ago: 1 }).finalize({
        top: 1,
        reward: ({ member }) => void handed.push(member),
      });
      expect(again).toMatchObject({ status: 'final', first: false, pending: 0 });
      expect(again.status === 'final' && again.rows.map(({ member, rank }) => [member, rank])).toEqual([
        ['m0', 1],
        ['m1', 5],
        ['m2', 5],
      ]);
      expect(handed).toEqual(['m0', 'm2', 'm1']);
    });
  }

  it('whoever ends what another began to freeze, and died, is the one that froze it', async () => {
    const driver = await context.driver();
    const make = (through: Pick<Driver, 'send' | 'clock'>, grace: '0s' | '25h') =>
      createLeaderboard(through, {
        name: 'cup',
        order,
        shards: 3,
        boards: { daily: { period: 'day', grace } },
      });
    const occurredAt = Math.floor(context.clock.now() / dayMs) * dayMs - 1;
    for (let i = 0; i < 9; i++) await make(driver, '25h').submit(`m${i}`, { points: i }, { occurredAt });
    for (const dies of [1, 2]) {
      let frozen = 0;
      const dying = make(
        {
          clock: driver.clock,
          send: (command, options) =>
            command.script?.name === 'leaderboard/finalize' && frozen++ >= dies
              ? Promise.reject(new Error('dead'))
              : driver.send(command, options),
        },
        '0s',
      );
      await expect(dying.board('daily', { ago: 1 }).finalize()).rejects.toThrow('dead');
    }
    const results = await Promise.all(
      [1, 2, 3].map(() => make(driver, '0s').board('daily', { ago: 1 }).finalize()),
    );
    expect(results.filter((result) => result.status === 'final' && result.first)).toHaveLength(1);
    expect(await make(driver, '0s').board('daily', { ago: 1 }).finalize()).toMatchObject({
      first: false,
      total: 9,
    });
  });

  it('members are banned, forgotten and renamed on their shard', async () => {
    const scores = createLeaderboard(await context.driver(), { name: 'big', order, shards: 3, bans: true });
    for (let i = 0; i < 6; i++) await scores.submit(`m${i}`, { points: i });
    expect(await scores.members.ban('m5')).toBe(1);
    expect((await scores.board('all').top({ count: 2 })).rows.map(({ member }) => member)).toEqual([
      'm4',
      'm3',
    ]);
    expect(await scores.members.unban('m5')).toBe(1);
    expect(await scores.members.forget('m4')).toBe(1);
    expect(await scores.remove('m3')).toBe(1);
    expect((await scores.board('all').rank('m2'))?.rank).toBe(2);
    const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const renamed = await Promise.allSettled(names.map((to) => scores.members.rename('m5', to)));
    expect(renamed.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(renamed.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { argument: 'to' } });
    expect(await scores.board('all').count()).toBe(4);
  });

  context.where(context.column.memory, 'thousands of members: on memory only')(
    'deep pages and shares are found where they are, whatever their depth',
    async () => {
      const scores = createLeaderboard(await context.driver(), { name: 'deep', order, shards: 4 });
      const pointsOf = (i: number): number => (i * 7919) % 700;
      const members = Array.from({ length: 2600 }, (_, i) => `player-${i}`);
      await Promise.all(members.map((member, i) => scores.submit(member, { points: pointsOf(i) })));
      const sorted = members
        .map((member, i) => ({ member, points: pointsOf(i) }))
        .sort((a, b) => b.points - a.points || (a.member < b.member ? -1 : 1));
      const board = scores.board('all');
      for (const from of [1, 995, 1001, 1500, 2400, 2595]) {
        const { rows, total } = await board.page({ from, count: 8, ties: 'competition' });
        expect(total).toBe(2600);
        expect(
          rows.map(({ member }) => member),
          `${from}`,
        ).toEqual(sorted.slice(from - 1, from + 7).map(({ member }) => member));
        const better = sorted.filter(({ points }) => points > (rows[0]?.score.points ?? 0)).length;
        expect(rows[0]?.rank).toBe(better + 1);
      }
      const middle = await board.atPercentile(50);
      expect(middle?.member).toBe(sorted[1300]?.member);
      expect((await board.page({ from: 5000 })).rows).toEqual([]);
    },
  );
}
