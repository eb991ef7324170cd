import { ClosedError, ConnectionError, type Driver, ServerError } from '@penknife/core';
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

  it('a submit that was counted never rejects with "no", whatever ends the look at the other shards', async () => {
    const driver = await context.driver();
    const options = { name: 'told', order, shards: 3, operator: 'sum' } as const;
    const isRead = (name = ''): boolean => name.startsWith('leaderboard/read');
    const failures = [
      new ConnectionError('not connected', { sent: 'no' }),
      new ServerError('CLUSTERDOWN Hash slot not served'),
      new ClosedError('driver'),
    ];
    for (const failure of failures) {
      const cut = createLeaderboard(
        {
          clock: driver.clock,
          send: (command, call) =>
            isRead(command.script?.name) ? Promise.reject(failure) : driver.send(command, call),
        },
        options,
      );
      await expect(cut.submit('ann', { points: 1 })).rejects.toMatchObject({ sent: 'maybe', cause: failure });
    }
    const leaving = new AbortController();
    const left = createLeaderboard(
      {
        clock: driver.clock,
        send: async (command, call) => {
          const answer = await driver.send(command, call);
          leaving.abort(new Error('enough'));
          return answer;
        },
      },
      options,
    );
    const call = { signal: leaving.signal };
    await expect(left.submit('ann', { points: 1 }, call)).rejects.toMatchObject({
      code: 'ABORTED',
      sent: 'maybe',
      cause: { message: 'enough' },
    });
    await expect(left.submit('ann', { points: 1 }, call)).rejects.toMatchObject({ sent: 'no' });
    const whole = createLeaderboard(driver, options);
    expect((await whole.board('all').rank('ann'))?.score.points).toBe(failures.length + 1);
  });

  it('the total of a submit is that of all shards, also of who is not shown', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'totals',
      order,
      shards: 3,
      bans: true,
      boards: { all: {}, cup: { attempts: 1 } },
    });
    for (let i = 0; i < 6; i++) await scores.submit(`m${i}`, { points: i });
    await scores.board('cup').remove('m0');
    expect((await scores.submit('m0', { points: 9 })).boards).toMatchObject({
      all: { status: 'changed', total: 6 },
      cup: { status: 'spent', current: null, total: 5 },
    });
    await scores.members.ban('m1');
    expect((await scores.submit('m1', { points: 9 })).boards.all).toMatchObject({
      status: 'hidden',
      total: 5,
    });
  });

  it('a view keeps every command of it within its deadline', async () => {
    const driver = await context.driver();
    const given: (number | undefined)[] = [];
    const scores = createLeaderboard(
      {
        clock: driver.clock,
        send: (command, call) => {
          given.push(call?.deadlineMs);
          return driver.send(command, call);
        },
      },
      { name: 'seen', order, shards: 3 },
    );
    await scores.board('all').view({ top: 3, members: ['ann'] }, { deadlineMs: 4321 });
    expect(given.length).toBeGreaterThanOrEqual(9);
    expect(given.filter((each) => each === undefined || each > 4321)).toEqual([]);
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
}
