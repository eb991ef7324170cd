import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createRateLimits, rateLimitKeys } from '../src/index.js';

/** Several limits at once, on whatever the context runs on. */
export function rateLimitsSuite(context: MatrixContext): void {
  const limits = { second: '3/h', day: 'sliding-window-log 5/d', everyone: 'fixed-window 8/d' } as const;
  const { topology } = context.column;
  const left = (results: Readonly<Record<string, { remaining: number }>>): number[] =>
    Object.values(results).map(({ remaining }) => remaining);

  it('charges all or nothing, and names the limit that binds', async () => {
    const all = createRateLimits(await context.driver(), { name: 'api', limits });
    const first = await all.check('a', { cost: 2 });
    expect(first).toMatchObject({ allowed: true, binding: null, retryAfterMs: 0 });
    expect(left(first.results)).toEqual([1, 3, 6]);
    const denied = await all.check('a', { cost: { second: 2, day: 4 } });
    expect(denied).toMatchObject({ allowed: false, binding: 'day' });
    expect(denied.results.everyone).toMatchObject({ allowed: true, receipt: null });
    expect(left((await all.peek('a')).results)).toEqual([1, 3, 6]);
    expect(await all.check('a', { cost: { second: 4 } })).toMatchObject({
      binding: 'second',
      retryAfterMs: null,
    });
    await all.refund('a', first);
    expect(left((await all.peek('a')).results)).toEqual([3, 5, 8]);
    await all.check('a');
    await all.reset('a');
    expect(left((await all.peek('a')).results)).toEqual([3, 5, 8]);
  });

  it('a user, an organisation and everybody: across slots nothing stays charged when one denies', async () => {
    const all = createRateLimits(await context.driver(), { name: 'api', limits });
    const of = (user: string) => ({ second: user, day: 'acme', everyone: 'all' });
    for (const user of ['u1', 'u2', 'u3', 'u4', 'u5']) expect((await all.check(of(user))).allowed).toBe(true);
    const denied = await all.check(of('u6'));
    expect(denied).toMatchObject({ allowed: false, binding: 'day' });
    expect(left((await all.peek(of('u6'))).results)).toEqual([3, 0, 3]);
    expect(left((await all.peek({ ...of('u6'), day: 'other' })).results)).toEqual([3, 5, 3]);
  });

  it('one command for three limits where the keys are on one server or share an identifier', async () => {
    const all = createRateLimits(await context.driver(), { name: 'api', limits });
    await all.check('a');
    const same = await context.counts(() => all.check('a'));
    expect((same.calls.evalsha ?? 0) + (same.calls.eval ?? 0)).toBe(1);
    const spread = { second: 'u1', day: 'acme', everyone: 'all' };
    await all.check(spread);
    const { calls, roundTrips } = await context.counts(() => all.check(spread));
    const sent = (calls.evalsha ?? 0) + (calls.eval ?? 0);
    expect(sent).toBe(topology === 'cluster' ? 3 : 1);
    // Three slots are asked at once; the engine in the process is no trip away.
    expect(roundTrips).toBe(context.column.memory ? undefined : 1);
  });

  it('many callers on several connections never exceed any limit', async () => {
    const drivers = await Promise.all([1, 2, 3].map(() => context.driver()));
    const all = drivers.map((driver) =>
      createRateLimits(driver, { name: 'hot', limits: { user: '30/d', everyone: '40/d' } }),
    );
    const results = await Promise.all(
      Array.from({ length: 240 }, (_, i) => all[i % 3]?.check({ user: `u${i % 4}`, everyone: 'all' })),
    );
    const allowed = results.filter((result) => result?.allowed).length;
    expect(allowed).toBeLessThanOrEqual(40);
    if (topology !== 'cluster') expect(allowed).toBe(40);
  });

  it('a policy for this call, leases among limits, and bad input', async () => {
    const driver = await context.driver();
    const all = createRateLimits(driver, { limits: { rate: '2/h', running: 'concurrency 1' } });
    const held = await all.check('a');
    expect((await all.check('a')).binding).toBe('running');
    await all.release('a', held);
    expect(await all.check('a', { policies: { rate: '1/h' } })).toMatchObject({ binding: 'rate' });
    expect((await all.check('a')).allowed).toBe(true);
    await expect(all.check('a', { policies: { rate: 'fixed-window 1/h' } })).rejects.toThrow(
      /keep the algorithm/,
    );
    await expect(all.check({ rate: 'a' } as never)).rejects.toThrow(/must be a string that is not empty/);
    expect(() => createRateLimits(driver, undefined as never)).toThrow(/^options must be/);
    expect(() => createRateLimits(driver, {} as never)).toThrow(/^limits must be 1 to 16/);
    expect(() => createRateLimits(driver, { limits: { a: null } } as never)).toThrow(/^policy must be/);
    expect(() => createRateLimits({} as never, { limits })).toThrow(/^driver must be a driver/);
    expect(() => createRateLimits(driver, { limits: {} })).toThrow(/limits must be 1 to 16/);
    expect(() => createRateLimits(driver, { limits: { 'a b': '1/s' } })).toThrow(/limits must be/);
  });

  it('each limit has options of its own: one takes what is left of it, another blocks, and a reset lifts that', async () => {
    const all = createRateLimits(await context.driver(), {
      limits: {
        hour: { policy: '4/h', chargeDenied: true },
        month: { policy: 'fixed-window 9/30d', penalty: { ladder: ['2h'], after: 1 } },
      },
    });
    await all.check('a', { cost: { hour: 2 } });
    expect((await all.check('a', { cost: { hour: 3 } })).binding).toBe('hour');
    expect(left((await all.peek('a')).results)).toEqual([0, 8]);
    await all.reset('a');
    const blocking = await all.check('a', { cost: { month: 10 } });
    expect(blocking).toMatchObject({ binding: 'month', results: { hour: { allowed: true, receipt: null } } });
    const blocked = await all.check('a');
    expect(blocked).toMatchObject({ binding: 'month', results: { month: { reason: 'blocked' } } });
    expect(blocked.retryAfterMs).toBeGreaterThan(3_600_000);
    expect(left(blocked.results)).toEqual([4, 9]);
    await all.reset('a');
    expect((await all.check('a')).allowed).toBe(true);
  });

  it('a wrong identifier resets none of the limits, and a refund refused for its options can be mended', async () => {
    const all = createRateLimits(await context.driver(), {
      limits: { hour: 'fixed-window 5/d', day: '9/d' },
    });
    const charged = await all.check('a', { cost: 3 });
    await expect(all.reset({ hour: 'a', day: '' })).rejects.toMatchObject({ argument: 'identifier' });
    await expect(all.refund('a', charged, { deadlineMs: 0 })).rejects.toMatchObject({
      argument: 'deadlineMs',
    });
    expect((await all.peek('a')).results.hour.remaining).toBe(2);
    await all.refund('a', charged);
    expect((await all.peek('a')).results.hour.remaining).toBe(5);
  });

  it('trap 11: the identifier is the hash tag, so its limits share a slot and those of others do not', () => {
    const keys = rateLimitKeys.in('pk');
    expect(keys.gcra('user', 'api.second')).toContain('{user}');
    expect(keys.log('user', 'api.day')).toContain('{user}');
  });
}
