import { createHmac } from 'node:crypto';
import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard, type LeaderboardOptions } from '../src/index.js';

const order = [{ points: 'desc', max: 1e6 }] as const;

/** Bad input gets a typed error that names it, and nothing is sent. */
export function refusalSuite(context: MatrixContext): void {
  function silent(driver: Driver): Pick<Driver, 'send' | 'clock'> {
    return { clock: driver.clock, send: () => Promise.reject(new Error('something was sent')) };
  }

  for (const shards of [undefined, 3]) {
    it(`trap 15: a score whose proof is not taken is refused before anything is sent: ${shards ?? 1} shards`, async () => {
      const sign = (member: string, points: number, key = ''): string =>
        createHmac('sha256', 'secret')
          .update(JSON.stringify([member, points, key]))
          .digest('base64url');
      const make = (driver: Pick<Driver, 'send' | 'clock'>) =>
        createLeaderboard(driver, {
          name: 'signed',
          order,
          ...(shards !== undefined && { shards }),
          verify: async ({ member, score, key, proof }) => proof === sign(member, Number(score.points), key),
        });
      const driver = await context.driver();
      const mute = make(silent(driver));
      for (const proof of [undefined, '', sign('ann', 6, 'm'), sign('bob', 5, 'm'), sign('ann', 5)])
        await expect(
          mute.submit('ann', { points: 5 }, { key: 'm', ...(proof !== undefined && { proof }) }),
        ).rejects.toMatchObject({ code: 'UNVERIFIED_SCORE', member: 'ann' });
      await expect(mute.submit('', { points: 5 })).rejects.toMatchObject({ argument: 'member' });
      const scores = make(driver);
      const { boards } = await scores.submit('ann', { points: 5 }, { key: 'm', proof: sign('ann', 5, 'm') });
      expect(boards.all.status).toBe('entered');
      const broken = createLeaderboard(silent(driver), {
        name: 'signed',
        order,
        verify: () => Promise.reject(new Error('no keys')),
      });
      await expect(broken.submit('ann', { points: 5 })).rejects.toThrow('no keys');
    });
  }

  it('a verify that hangs holds a submit no longer than its deadline or signal', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(silent(driver), {
      name: 'signed',
      order,
      verify: () => new Promise<boolean>(() => {}),
    });
    const late = scores.submit('ann', { points: 5 }, { deadlineMs: 100 });
    late.catch(() => {});
    if (context.column.memory) await context.advance(100);
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE', deadlineMs: 100 });
    const signal = AbortSignal.abort('enough');
    await expect(scores.submit('ann', { points: 5 }, { signal })).rejects.toMatchObject({
      code: 'ABORTED',
      sent: 'no',
    });
    const controller = new AbortController();
    const aborted = scores.submit('ann', { points: 5 }, { signal: controller.signal });
    aborted.catch(() => {});
    controller.abort('enough');
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED', sent: 'no' });
  });

  it('trap 15: bad input is refused by name before anything is sent', async () => {
    const scores = createLeaderboard(silent(await context.driver()), {
      name: 'strict',
      order,
      boards: { all: {}, daily: { period: 'day' }, country: { by: 'country' } },
    });
    const all = scores.board('all');
    const cases: [argument: string, call: () => Promise<unknown>][] = [
      ...[Number.NaN, Number.POSITIVE_INFINITY, -1, 1e6 + 1, 0.5, '5', null, undefined].map(
        (points): [string, () => Promise<unknown>] => [
          'score.points',
          () => scores.submit('ann', { points: points as never }),
        ],
      ),
      ['score', () => scores.submit('ann', {} as never)],
      ['score', () => scores.submit('ann', { points: 1, at: 5 } as never)],
      ['member', () => scores.submit('', { points: 1 })],
      ['member', () => scores.submit('x'.repeat(10_000), { points: 1 })],
      ['member', () => scores.submit('é'.repeat(300), { points: 1 })],
      ['member', () => scores.submit('lone \ud800', { points: 1 })],
      ['member', () => scores.submit(5 as never, { points: 1 })],
      ['key', () => scores.submit('ann', { points: 1 }, { key: '' })],
      ['key', () => scores.submit('ann', { points: 1 }, { key: 'lone \ud800' })],
      ['in.town', () => scores.submit('ann', { points: 1 }, { in: { town: 'x' } as never })],
      ['part', () => scores.submit('ann', { points: 1 }, { in: { country: '' } })],
      ['occurredAt', () => scores.submit('ann', { points: 1 }, { occurredAt: Number.NaN })],
      ['occurredAt', () => scores.submit('ann', { points: 1 }, { occurredAt: -1 })],
      ['metadata', () => scores.submit('ann', { points: 1 }, { metadata: 'x' as never })],
      ['ties', () => scores.submit('ann', { points: 1 }, { ties: 'dense' })],
      ['ties', () => all.top({ ties: 'dense' })],
      ['ties', () => all.top({ ties: 'fair' as never })],
      ['count', () => all.top({ count: 1e6 })],
      ['count', () => all.top({ count: 0 })],
      ['from', () => all.page({ from: 0 })],
      ['from', () => all.between({ points: 1 }, { points: 2 })],
      ['to.points', () => all.between({ points: 1 }, { points: 1e7 })],
      ['from.at', () => all.between({ at: 1 } as never, { points: 2 })],
      ['cursor', () => all.after('x')],
      ['cursor', () => all.after('')],
      ['members', () => all.ranks(Array.from({ length: 201 }, (_, i) => `m${i}`))],
      ['members', () => all.friends(Array.from({ length: 1001 }, (_, i) => `m${i}`))],
      ['members', () => all.friends(['a', 'a'])],
      ['members', () => all.ranks(['a', ''])],
      ['passed', () => scores.submit('ann', { points: 1 }, { passed: 101 })],
      ['percent', () => all.atPercentile(101)],
      ['percent', () => all.atPercentile(Number.NaN)],
      ['edges', () => all.histogram([1])],
      ['edges[1]', () => all.histogram([5, 5])],
      ['edges[0]', () => all.histogram([-1, 5])],
      ['board', () => all.history('ann')],
      ['bans', () => scores.members.ban('ann')],
      ['to', () => scores.members.rename('ann', 'ann')],
      ['from', () => scores.members.rename('', 'ann')],
      ['member', () => scores.members.forget('x'.repeat(600))],
      ['member', () => all.remove('')],
      ['board', () => all.finalize()],
      ['top', () => scores.board('daily').finalize({ top: 0 })],
    ];
    for (const [argument, call] of cases) {
      await expect(call(), argument).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument });
    }
    expect(() => scores.board('nope' as never)).toThrow(/board must be a board of 'strict'/);
    expect(() => scores.board('all', { ago: 1 })).toThrow(/ago has no meaning/);
    expect(() => scores.board('daily', { ago: -1 })).toThrow(/ago must be/);
    expect(() => scores.board('daily', { at: 1e15 })).toThrow(/at must be/);
    expect(() => scores.board('country')).toThrow(/part must name the country/);
    expect(() => scores.board('all', { part: 'x' })).toThrow(/part must not be given/);
  });

  it('a leaderboard that cannot be right is refused when it is made', async () => {
    const driver = await context.driver();
    const base = { name: 'x', order } as const;
    const made = (options: object) => () =>
      createLeaderboard(driver, { ...base, ...options } as LeaderboardOptions<typeof order, never, never>);
    expect(made({ name: '' })).toThrow(/name must/);
    expect(made({ order: [] })).toThrow(/order must/);
    expect(made({ boards: {} })).toThrow(/boards must/);
    expect(made({ boards: { constructor: {} } })).toThrow(/boards must/);
    expect(made({ boards: { a: { zone: 'Mars/Olympus' } } })).toThrow(
      /boards\.a\.zone must be an IANA time zone/,
    );
    expect(made({ boards: { a: { period: 'year' } } })).toThrow(/boards\.a\.period must/);
    expect(made({ boards: { a: { weekStart: 'someday' } } })).toThrow(/boards\.a\.weekStart must/);
    const season = (...seasons: [string, string][]) =>
      made({
        boards: { a: { period: 'season', seasons: seasons.map(([start, end]) => ({ start, end })) } },
      });
    expect(season(['2026-03-01', '2026-02-01'])).toThrow(/seasons\[0\]\.end must be after its start/);
    expect(season(['2026-02-30', '2026-03-01'])).toThrow(/seasons\[0\]\.start must be a date/);
    expect(season(['2026-01-01', '2027-02-01'])).toThrow(/at most 366 days/);
    expect(season(['2026-01-01', '2026-03-01'], ['2026-02-01', '2026-04-01'])).toThrow(
      /seasons\[1\]\.start must not be before/,
    );
    expect(season()).toThrow(/seasons must be a list of 1/);
    expect(made({ boards: { a: { period: 'season' } } })).toThrow(/seasons must be given/);
    expect(made({ boards: { a: { period: 'day', dayStart: '5' } } })).toThrow(/dayStart must be a time/);
    expect(made({ boards: { a: { period: 'hour', dayStart: '05:00' } } })).toThrow(/dayStart has no meaning/);
    expect(made({ boards: { a: { window: '1d', period: 'day' } } })).toThrow(/window must not be given with/);
    expect(made({ boards: { a: { window: '1d', buckets: 61 } } })).toThrow(/buckets must be/);
    expect(made({ boards: { a: { buckets: 6 } } })).toThrow(/buckets has no meaning/);
    expect(made({ boards: { a: { window: '1d', operator: 'set' } } })).toThrow(
      /operator must be 'best' or 'sum'/,
    );
    expect(made({ layout: 'lexicographic', boards: { a: { window: '1d' } } })).toThrow(
      /order must fit the packed layout/,
    );
    expect(made({ boards: { a: { attempts: 0 } } })).toThrow(/attempts must be/);
    expect(made({ boards: { a: { history: { every: '1d', samples: 101 } } } })).toThrow(/samples must be/);
    expect(made({ events: { sink: {} } })).toThrow(/events\.sink must have/);
    expect(made({ events: { sink: { emit: async () => undefined }, top: 0 } })).toThrow(/events\.top must/);
    const sink = { emit: async () => undefined };
    expect(made({ shards: 1 })).toThrow(/shards must be a whole number from 2/);
    expect(made({ shards: 2, events: { sink } })).toThrow(/events must not be given where/);
    for (const board of [
      { dense: true },
      { size: 5 },
      { history: { every: '1d', samples: 3 } },
      { snapshots: { every: '1d', keep: 3 } },
      { apart: true },
    ]) {
      expect(made({ shards: 2, boards: { a: board } })).toThrow(/boards\.a\.\w+ must not be given where/);
    }
    expect(made({ bans: true, boards: { a: { apart: true } } })).toThrow(/bans must not be given with/);
    expect(made({ layout: 'bytes' })).toThrow(/layout must be/);
    expect(made({ boards: { a: { keep: -1 } } })).toThrow(/boards\.a\.keep must/);
    expect(made({ boards: { a: { size: 0 } } })).toThrow(/boards\.a\.size must/);
    expect(made({ boards: { a: { operator: 'max' } } })).toThrow(/boards\.a\.operator must/);
    expect(made({ operator: 'last' })).toThrow(/'last' needs a time column/);
    expect(made({ ties: 'dense' })).toThrow(/ties must not be 'dense' unless/);
    expect(made({ namespace: 'a b' })).toThrow(/namespace must/);
    expect(made({ remember: '0s' })).toThrow(/remember must/);
  });

  it('a call can be cancelled, and has a deadline', async () => {
    const scores = createLeaderboard(await context.driver(), { name: 'x', order });
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(scores.submit('ann', { points: 1 }, { signal })).rejects.toMatchObject({ sent: 'no' });
    await expect(scores.board('all').top({ signal })).rejects.toMatchObject({ sent: 'no' });
    await expect(scores.remove('ann', { signal })).rejects.toMatchObject({ sent: 'no' });
    expect(await scores.board('all').count({ deadlineMs: 5000 })).toBe(0);
  });

  it('another order is another board: what was written under one is never misread under the other', async () => {
    const driver = await context.driver();
    await createLeaderboard(driver, { name: 'x', order }).submit('ann', { points: 7 });
    const wider = createLeaderboard(driver, { name: 'x', order: [{ points: 'desc', max: 2e6 }] });
    expect(await wider.board('all').rank('ann')).toBeNull();
    await wider.submit('ann', { points: 8 });
    expect(
      (await createLeaderboard(driver, { name: 'x', order }).board('all').rank('ann'))?.score.points,
    ).toBe(7);
  });

  context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
    'a foreign value at a key is an error, and stays untouched',
    async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'x',
        order,
        boards: { a: {}, b: {} },
      });
      await scores.submit('ann', { points: 1 });
      const [, second] = ((await context.admin('KEYS', '*')) as string[]).sort() as [string, string];
      await context.admin('DEL', second);
      await context.admin('LPUSH', second, 'precious');
      await expect(scores.submit('ann', { points: 2 })).rejects.toMatchObject({ code: 'WRONGTYPE' });
      await expect(scores.board('b').top()).rejects.toMatchObject({ code: 'WRONGTYPE' });
      expect(await context.admin('LRANGE', second, 0, -1)).toEqual(['precious']);
      expect((await scores.board('a').rank('ann'))?.score.points).toBe(1);
      await context.admin('DEL', second);
    },
  );
}
