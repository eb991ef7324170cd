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

  context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
    'the memory of a key ends',
    async () => {
      const scores = createLeaderboard(await context.driver(), { name: 'once', order, remember: '1h' });
      await scores.submit('ann', { points: 5 }, { key: 'm' });
      const fingerprint = ((await context.admin('KEYS', '*')) as string[])
        .map((key) => /:once:\{once\}:([^:]+):/.exec(key)?.[1])
        .find((each) => each !== undefined);
      const key = leaderboardKeys.in('pk').once('once', fingerprint ?? 'none', 'm', 'ann');
      const ttl = Number(await context.admin('PTTL', key));
      expect(ttl).toBeGreaterThan(3_500_000);
      expect(ttl).toBeLessThanOrEqual(3_600_000);
    },
  );
}
