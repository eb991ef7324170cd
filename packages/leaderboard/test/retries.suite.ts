import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createLeaderboard, leaderboardKeys } from '../src/index.js';
import type { Boards } from '../src/submit/submit-request.js';

const order = [{ points: 'desc', max: 1e6 }] as const;
const boards = { all: { operator: 'sum' }, daily: { operator: 'sum', period: 'day' } } as const;

/** Lost replies, on whatever the context runs on. */
export function retrySuite(context: MatrixContext): void {
  it('a submit under a key is counted once, and every retry gets the first answer', async () => {
    const scores = createLeaderboard(await context.driver(), { name: 'once', order, boards });
    const first = await scores.submit('ann', { points: 5 }, { key: 'match-1' });
    await scores.submit('bob', { points: 9 });
    const second = await scores.submit('ann', { points: 5 }, { key: 'match-1' });
    expect(second).toEqual({ ...first, repeated: true });
    expect(first.repeated).toBe(false);
    expect(
      (await scores.submit('bob', { points: 1 }, { key: 'match-1' })).boards.all.current?.score.points,
    ).toBe(10);
    expect((await scores.board('all').rank('ann'))?.score.points).toBe(5);
    const other = createLeaderboard(await context.driver(), {
      name: 'once',
      order,
      boards: { all: boards.all },
    });
    await expect(other.submit('ann', { points: 5 }, { key: 'match-1' })).rejects.toMatchObject({
      argument: 'key',
    });
  });

  it('a key is of the parts it was first used with: others are refused, however many they are', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'parts',
      order,
      boards: { country: { by: 'country' }, clan: { by: 'clan', operator: 'sum' }, all: { operator: 'sum' } },
    });
    const submit = (parts: { country?: string; clan?: string }) =>
      scores.submit('ann', { points: 5 }, { key: 'm', in: parts });
    const first = await submit({ country: 'de' });
    expect(await submit({ country: 'de' })).toEqual({ ...first, repeated: true });
    for (const parts of [{ country: 'fr' }, { clan: 'reds' }, {}, { country: 'de', clan: 'reds' }])
      await expect(submit(parts)).rejects.toMatchObject({ argument: 'key' });
    expect((await scores.board('all').rank('ann'))?.score.points).toBe(5);
    expect(await scores.board('country', { part: 'fr' }).count()).toBe(0);
  });

  it('a key that was first used without parts, or before a board apart was there, is refused for those', async () => {
    const driver = await context.driver();
    const make = <B extends Boards>(boards: B) => createLeaderboard(driver, { name: 'far', order, boards });
    const scores = make({ all: {}, clan: { by: 'clan', apart: true } });
    const first = await scores.submit('ann', { points: 5 }, { key: 'm' });
    expect(await scores.submit('ann', { points: 5 }, { key: 'm' })).toEqual({ ...first, repeated: true });
    for (const again of [
      () => scores.submit('ann', { points: 5 }, { key: 'm', in: { clan: 'reds' } }),
      () => make({ all: {}, world: { apart: true } }).submit('ann', { points: 5 }, { key: 'm' }),
    ])
      await expect(again()).rejects.toMatchObject({ argument: 'key' });
    const far = await scores.submit('ann', { points: 5 }, { key: 'n', in: { clan: 'reds' } });
    expect(await scores.submit('ann', { points: 5 }, { key: 'n', in: { clan: 'reds' } })).toEqual({
      ...far,
      repeated: true,
    });
    await expect(scores.submit('ann', { points: 5 }, { key: 'n' })).rejects.toMatchObject({
      argument: 'key',
    });
  });

  it('a key is found again by other processes, and under other boards, operators or periods refused, never counted', async () => {
    const driver = await context.driver();
    const timed = [
      { points: 'desc', max: 1e6 },
      { at: 'asc', unit: 's' },
    ] as const;
    const make = <B extends Boards>(boards: B) =>
      createLeaderboard(driver, { name: 'deploy', order: timed, boards });
    const occurredAt = Math.floor(context.clock.now() / 1000) * 1000;
    const submit = (scores: Pick<ReturnType<typeof make>, 'submit'>, key: string) =>
      scores.submit('ann', { points: 5 }, { key, occurredAt });
    const all = { operator: 'sum' } as const;
    const daily = { operator: 'sum', period: 'day' } as const;
    const one = await submit(make({ all }), 'one');
    expect(await submit(make({ all }), 'one')).toEqual({ ...one, repeated: true });
    const two = await submit(make({ all, daily }), 'two');
    expect(await submit(make({ all: { ...all, size: 9 }, daily }), 'two')).toEqual({
      ...two,
      repeated: true,
    });
    const later: [key: string, boards: Boards][] = [
      ['one', { daily, all }],
      ['one', { all, daily }],
      ['one', { all: { operator: 'best' } }],
      ['one', { all: { ...all, dense: true } }],
      ['one', { all: { ...all, window: '24h' } }],
      ['one', { all: daily }],
      ['one', { other: all }],
      ['two', { all, daily: { ...daily, period: 'week' } }],
      ['two', { all, daily: { ...daily, zone: 'Asia/Kolkata' } }],
      ['two', { all, daily: { ...daily, dayStart: '05:00' } }],
      ['two', { daily, all }],
    ];
    for (const [key, boards] of later) {
      await expect(submit(make(boards), key), JSON.stringify(boards)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        argument: 'key',
      });
    }
    const other = createLeaderboard(driver, { name: 'deploy', order, boards: { all } });
    await expect(other.submit('ann', { points: 5 }, { key: 'one' })).rejects.toMatchObject({
      argument: 'key',
    });
    for (const board of ['all', 'daily'] as const)
      expect((await make({ all, daily }).board(board).rank('ann'))?.score.points).toBe(
        board === 'all' ? 10 : 5,
      );
  });

  it('a season that is added later changes nothing for a key, one that is moved does', async () => {
    const driver = await context.driver();
    const day = (ahead: number): string =>
      new Date(context.clock.now() + ahead * 86_400_000).toISOString().slice(0, 10);
    const [first, second] = [
      { start: day(-1), end: day(5) },
      { start: day(9), end: day(12) },
    ];
    const make = (...seasons: { start: string; end: string }[]) =>
      createLeaderboard(driver, { name: 'seasons', order, boards: { cup: { period: 'season', seasons } } });
    const answer = await make(first).submit('ann', { points: 5 }, { key: 'm' });
    expect(await make(first, second).submit('ann', { points: 5 }, { key: 'm' })).toEqual({
      ...answer,
      repeated: true,
    });
    const moved = make({ ...first, start: day(-2) });
    await expect(moved.submit('ann', { points: 5 }, { key: 'm' })).rejects.toMatchObject({ argument: 'key' });
  });

  it('after a lost reply the caller is told "maybe", and a retry under the key does not count again', async () => {
    const inner = await context.driver();
    let lose = true;
    const chaos = createChaosDriver(inner, { seed: 1, plan: () => (lose ? 'drop-after' : undefined) });
    const scores = createLeaderboard(chaos.driver, { name: 'once', order, boards });
    await expect(scores.submit('ann', { points: 5 }, { key: 'm' })).rejects.toMatchObject({ sent: 'maybe' });
    lose = false;
    expect(await scores.submit('ann', { points: 5 }, { key: 'm' })).toMatchObject({
      repeated: true,
      boards: { all: { status: 'entered', current: { score: { points: 5 } } } },
    });
    expect((await scores.board('all').rank('ann'))?.score.points).toBe(5);
    lose = true;
    await expect(scores.submit('ann', { points: 5 })).rejects.toMatchObject({ sent: 'maybe' });
    lose = false;
    expect((await scores.board('all').rank('ann'))?.score.points).toBe(10);
  });

  it('random losses: whoever repeats under a key until answered is counted exactly once', async () => {
    const chaos = createChaosDriver(await context.driver(), {
      seed: 5,
      rates: { dropBefore: 0.25, dropAfter: 0.35 },
    });
    const scores = createLeaderboard(chaos.driver, { name: 'lossy', order, boards });
    let expected = 0;
    for (let i = 0; i < 40; i++) {
      expected += i;
      for (;;) {
        const done = await scores.submit('ann', { points: i }, { key: `k${i}` }).then(
          () => true,
          () => false,
        );
        if (done) break;
      }
    }
    const honest = createLeaderboard(await context.driver(), { name: 'lossy', order, boards });
    expect((await honest.board('all').rank('ann'))?.score.points).toBe(expected);
    expect((await honest.board('daily').rank('ann'))?.score.points).toBe(expected);
    expect(chaos.faults.length).toBeGreaterThan(10);
  });

  it('the same without keys counts too much: the check above can fail', async () => {
    const chaos = createChaosDriver(await context.driver(), { seed: 5, rates: { dropAfter: 0.5 } });
    const scores = createLeaderboard(chaos.driver, { name: 'lossy', order, boards });
    for (let i = 0; i < 10; i++) {
      while (
        !(await scores.submit('ann', { points: 1 }).then(
          () => true,
          () => false,
        ))
      );
    }
    const honest = createLeaderboard(await context.driver(), { name: 'lossy', order, boards });
    expect((await honest.board('all').rank('ann'))?.score.points).toBeGreaterThan(10);
  });

  context.where(
    !context.column.memory && context.column.topology === 'single',
    'connections are cut on one server',
  )(
    'connections cut in the middle: the driver repeats submits under a key, and sums stay exact',
    async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'cut',
        order,
        boards,
        deadlineMs: 5000,
      });
      await scores.submit('ann', { points: 0 });
      const submits: Promise<unknown>[] = [];
      for (let i = 0; i < 200; i++) {
        submits.push(scores.submit('ann', { points: 1 }, { key: `k${i}` }));
        if (i % 50 === 25) await context.faults.cutConnections?.();
      }
      await Promise.all(submits);
      expect((await scores.board('all').rank('ann'))?.score.points).toBe(200);
    },
  );

  it('the memory of a key ends', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, { name: 'once', order, remember: '1h' });
    await scores.submit('ann', { points: 5 }, { key: 'm' });
    const key = leaderboardKeys.in('pk').once('once', 'm', 'ann');
    const ttl = await driver.send({ args: ['PTTL', key], key, read: Number });
    expect(ttl).toBeGreaterThan(3_500_000);
    expect(ttl).toBeLessThanOrEqual(3_600_000);
  });
}
