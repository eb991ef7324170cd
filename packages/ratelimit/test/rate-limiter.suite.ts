import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createRateLimiter, createRateLimits, rateLimitKeys } from '../src/index.js';

const slow = '5/h';

/** The behaviour of a limiter, on whatever the context runs on. */
export function rateLimiterSuite(context: MatrixContext): void {
  const keyOf = (identifier: string, name = 'default') => rateLimitKeys.in('pk').gcra(identifier, name);

  it('admits the burst, then denies and says how long', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: slow });
    const remaining: number[] = [];
    for (let i = 0; i < 5; i++) remaining.push((await limiter.check('a')).remaining);
    expect(remaining).toEqual([4, 3, 2, 1, 0]);
    const denied = await limiter.check('a');
    expect(denied).toMatchObject({
      allowed: false,
      remaining: 0,
      policy: 'default',
      limit: 5,
      windowMs: 3_600_000,
    });
    expect(denied.retryAfterMs).toBeGreaterThan(719_000);
    expect(denied.retryAfterMs).toBeLessThanOrEqual(720_000);
  });

  it('trap 4: a denied call leaves the state bit-identical, and an affordable cost still passes', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: slow });
    await limiter.check('a', { cost: 4 });
    const before = await context.admin('GET', keyOf('a'));
    expect((await limiter.check('a', { cost: 3 })).allowed).toBe(false);
    expect((await limiter.peek('a')).remaining).toBe(1);
    expect(await context.admin('GET', keyOf('a'))).toEqual(before);
    expect((await limiter.check('a', { cost: 1 })).allowed).toBe(true);
  });

  it('trap 5: a cost above the burst can never pass, and says so', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: '100/min burst 3' });
    expect(await limiter.check('a', { cost: 4 })).toMatchObject({
      allowed: false,
      retryAfterMs: null,
      remaining: 3,
    });
    expect(await context.admin('EXISTS', keyOf('a'))).toBe(0);
  });

  it('trap 1: every key has a TTL, at most the time to full recovery', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: '10/s' });
    for (const cost of [1, 5, 9, 1]) await limiter.check('a', { cost });
    await limiter.peek('b');
    const ttl = Number(await context.admin('PTTL', keyOf('a')));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(1000);
    expect(await context.admin('EXISTS', keyOf('b'))).toBe(0);
  });

  it('trap 2: windows below a second are exact', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: '2/50ms' });
    const serverMs = async (): Promise<number> => {
      const [seconds, micros] = (await context.admin('TIME')) as [string, string];
      return Number(seconds) * 1000 + Number(micros) / 1000;
    };
    let [allowed, from, to] = [[] as boolean[], 0, 25];
    // A machine that stands still in between gives units back: then it is asked anew.
    while (to - from >= 25) {
      await limiter.reset('a');
      from = await serverMs();
      allowed = [await limiter.check('a'), await limiter.check('a'), await limiter.check('a')].map(
        (result) => result.allowed,
      );
      to = await serverMs();
    }
    expect(allowed).toEqual([true, true, false]);
    await context.advance(50);
    expect((await limiter.check('a')).allowed).toBe(true);
  });

  it('peek charges nothing, reset gives everything back', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: slow });
    expect(await limiter.peek('a')).toMatchObject({
      allowed: true,
      remaining: 5,
      resetMs: 0,
      retryAfterMs: 0,
    });
    await limiter.check('a', { cost: 5 });
    expect((await limiter.peek('a')).allowed).toBe(false);
    expect(await limiter.reset('a')).toBe(true);
    expect(await limiter.reset('a')).toBe(false);
    expect((await limiter.check('a')).remaining).toBe(4);
  });

  it('identifiers and names never meet: colons, braces, newlines, 10 MB', async () => {
    const driver = await context.driver();
    const identifiers = [
      'a',
      'a:b',
      '{a}',
      'a}',
      'a\nb',
      ' ',
      '*',
      'é',
      '\ud800',
      '\ud801',
      'x'.repeat(10_000_000),
    ];
    const limiter = createRateLimiter(driver, { policy: '1/h' });
    const other = createRateLimiter(driver, { policy: '1/h', name: 'other' });
    for (const identifier of identifiers) {
      expect((await limiter.check(identifier)).allowed).toBe(true);
      expect((await other.check(identifier)).allowed).toBe(true);
      expect((await limiter.check(identifier)).allowed).toBe(false);
    }
  });

  it('refuses bad input by name, before anything is sent', async () => {
    const driver = await context.driver();
    const policies = [
      '',
      '0/s',
      '5',
      '5/',
      '5/y',
      '-1/s',
      '1.5/s',
      '5/0s',
      { limit: 0, window: 1 },
      { limit: Number.NaN, window: '1s' },
      undefined,
      null,
      7,
    ];
    for (const policy of policies) {
      expect(() => createRateLimiter(driver, { policy: policy as never })).toThrow(/must/);
    }
    expect(() => createRateLimiter(driver, { policy: slow, name: 'a b' })).toThrow(/name must be/);
    expect(() => createRateLimiter(driver, { policy: { limit: 1, window: '200d' } })).toThrow(
      /window must be so short/,
    );
    for (const bad of [undefined, null, slow])
      expect(() => createRateLimiter(driver, bad as never)).toThrow(/^options must be an object/);
    for (const bad of [undefined, {}, { sendCommand: () => undefined }])
      expect(() => createRateLimiter(bad as never, { policy: slow })).toThrow(/^driver must be a driver/);
    const limiter = createRateLimiter(driver, { policy: slow });
    for (const cost of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(limiter.check('a', { cost })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        argument: 'cost',
      });
    }
    await expect(limiter.check('')).rejects.toThrow(/must be a string that is not empty/);
  });

  it('refuses calls that say nonsense by name, before anything is sent', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: slow, penalty: {}, longestWait: '1h' });
    const leases = createRateLimiter(driver, { policy: 'concurrency 1', name: 'leases' });
    const reserving = createRateLimiter(driver, { policy: slow, reservations: '1m', name: 'reserving' });
    const limits = createRateLimits(driver, { limits: { one: '5/h' } });
    const none = null as never;
    const missing = undefined as never;
    const charged = await limiter.check('a');
    const wrong: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['options', () => limiter.check('a', none)],
      ['options', () => limiter.check('a', 5 as never)],
      ['options', () => limiter.peek('a', none)],
      ['options', () => limiter.reset('a', none)],
      ['options', () => limiter.block('a', '1s', none)],
      ['identifier', () => limiter.block('', '1s')],
      ['options', () => limiter.wait('a', none)],
      ['options', () => reserving.reserve('a', none)],
      ['options', () => limiter.changePolicy('a', missing)],
      ['result', () => limiter.refund('a', missing)],
      ['result', () => limiter.refund('a', 'receipt' as never)],
      ['result', () => leases.refund('a', charged)],
      ['options', () => limiter.refund('a', charged, none)],
      ['identifier', () => limiter.refund('', charged)],
      ['cost', () => limiter.refund('a', charged, { cost: 0.5 })],
      ['result', () => leases.extend('a', missing)],
      ['options', () => leases.hold('a', none, async () => 1)],
      ['run', () => leases.hold('a', {}, missing)],
      ['identifiers', () => limits.check(none)],
      ['identifiers', () => limits.check(7 as never)],
      ['identifier', () => limits.check({} as never)],
      ['options', () => limits.check('a', none)],
      ['cost', () => limits.check('a', { cost: none })],
      ['policies', () => limits.check('a', { policies: none })],
      ['result', () => limits.refund('a', missing)],
      ['result', () => limits.refund('a', {} as never)],
      ['result', () => limits.release('a', none)],
      ['options', () => limits.reset('a', none)],
    ];
    const { calls } = await context.counts(async () => {
      for (const [argument, call] of wrong)
        await expect(call(), `${argument}: ${call}`).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
          argument,
        });
    });
    expect((calls.evalsha ?? 0) + (calls.eval ?? 0) + (calls.del ?? 0)).toBe(0);
    expect((await leases.peek('a')).remaining).toBe(1);
  });

  it('a refund refused for its options gives nothing back, and the corrected one everything', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: 'fixed-window 5/d' });
    const charged = await limiter.check('a', { cost: 3 });
    await expect(limiter.refund('a', charged, { deadlineMs: 0 })).rejects.toMatchObject({
      argument: 'deadlineMs',
    });
    expect(await limiter.refund('a', charged)).toBe(3);
  });

  it('many callers on several connections never exceed the limit', async () => {
    const limiters = await Promise.all(
      [1, 2, 3, 4].map(async () => createRateLimiter(await context.driver(), { policy: '50/h' })),
    );
    const results = await Promise.all(
      Array.from({ length: 400 }, (_, i) => limiters[i % limiters.length]?.check('hot')),
    );
    expect(results.filter((result) => result?.allowed)).toHaveLength(50);
  });

  it('a foreign value at the key is an error, and stays untouched', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: slow });
    await context.admin('LPUSH', keyOf('a'), 'precious');
    await expect(limiter.check('a')).rejects.toMatchObject({ code: 'WRONGTYPE' });
    expect(await context.admin('LRANGE', keyOf('a'), '0', '-1')).toEqual(['precious']);
    await context.admin('DEL', keyOf('a'));
  });
}
