import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createRateLimiter, type Policy, rateLimitKeys } from '../src/index.js';
import { rateAlgorithms } from './rules/traces.js';

/** What lives on under another policy: reservations that end, debts and booked places. */
export function carryingSuite(context: MatrixContext): void {
  const keys = rateLimitKeys.in('pk');
  const timed = context.where(context.column.memory, 'places would have to be waited for');

  for (const algorithm of rateAlgorithms) {
    const policy = (limit: number, window: string): Policy => `${algorithm} ${limit}/${window}` as Policy;
    const [large, small] = [policy(100, 'd'), policy(10, 'd')];

    it(`${algorithm}: a reservation that ended comes back as charged, under whatever policy somebody asks`, async () => {
      const driver = await context.driver();
      const limiter = createRateLimiter(driver, { policy: large, reservations: 40 });
      await limiter.check('after', { cost: 90 });
      await limiter.reserve('after', { cost: 10 });
      await limiter.reserve('before', { cost: 10 });
      await limiter.check('before', { cost: 90 });
      await context.advance(42);
      for (const identifier of ['after', 'before']) await limiter.peek(identifier, { policy: small });
      expect((await limiter.peek('after')).remaining).toBe(10);
      // What recovered of a charge meanwhile is not given back with it.
      const { remaining } = await limiter.peek('before');
      expect([9, 10]).toContain(remaining);
      await limiter.reset('after');
      await limiter.check('after', { cost: 5, policy: small });
      await limiter.reserve('after', { cost: 5, policy: small });
      await context.advance(42);
      await limiter.peek('after');
      expect((await limiter.peek('after', { policy: small })).remaining).toBe(5);
    });

    it(`${algorithm}: a reservation written before members named their policy comes back under the call's`, async () => {
      const limiter = createRateLimiter(await context.driver(), { policy: large, reservations: '1m' });
      await limiter.check('a', { cost: 90 });
      const { receipt } = await limiter.check('a', { cost: 10 });
      await context.admin('ZADD', keys.reservations('a', 'default'), 1, `c29tZXRva2Vu/10/${receipt}`);
      expect((await limiter.peek('a')).remaining).toBe(10);
      expect(await context.admin('EXISTS', keys.reservations('a', 'default'))).toBe(0);
    });

    it(`${algorithm}: what is owed beyond the limit stays owed when the policy changes`, async () => {
      const limiter = createRateLimiter(await context.driver(), {
        policy: policy(10, 'd'),
        reservations: '1m',
      });
      await (await limiter.reserve('a', { cost: 10 })).settle(15);
      const { retryAfterMs } = await limiter.peek('a');
      const keep = { from: small, to: small, carry: 'keep' } as const;
      expect(await limiter.changePolicy('a', keep)).toEqual({ before: 15, after: 15 });
      expect((await limiter.peek('a')).retryAfterMs).toBeGreaterThan((retryAfterMs ?? 0) - 60_000);
      const wider = policy(20, 'd');
      expect(await limiter.changePolicy('a', { ...keep, to: wider })).toEqual({ before: 15, after: 15 });
      expect((await limiter.peek('a', { policy: wider })).remaining).toBe(5);
    });

    if (algorithm !== 'sliding-window-counter')
      timed(`${algorithm}: places that are booked stay booked when the policy changes`, async () => {
        const bursty = ['gcra', 'leaky-bucket', 'token-bucket'].includes(algorithm);
        const tenths = `${algorithm} 10/s${bursty ? ' burst 1' : ''}` as Policy;
        const limiter = createRateLimiter(await context.driver(), { policy: tenths, longestWait: '30s' });
        let ran = 0;
        const fifty = (): Promise<unknown>[] =>
          Array.from({ length: 50 }, () => limiter.wait('a').then(({ allowed }) => allowed && ran++));
        const waiting = fifty();
        await context.advance(0);
        await limiter.changePolicy('a', { from: tenths, to: tenths, carry: 'keep' });
        waiting.push(...fifty());
        await context.advance(3000);
        expect(ran).toBeGreaterThanOrEqual(30);
        // Buckets and windows admit one step more across its edge.
        expect(ran).toBeLessThanOrEqual(bursty && algorithm !== 'token-bucket' ? 31 : 41);
        for (let i = 0; i < 20; i++) await context.advance(1000);
        await Promise.all(waiting);
        expect(ran).toBe(100);
      });
  }

  it('a call under a policy that recovers faster forgets what was used beyond it, also a peek; another name keeps it', async () => {
    const driver = await context.driver();
    const limiter = createRateLimiter(driver, { policy: '24/d', longestWait: '1h' });
    const logins = createRateLimiter(driver, { name: 'login', policy: '2/h' });
    await limiter.check('a', { cost: 24 });
    await logins.check('a', { cost: 2 });
    await logins.check('a');
    expect((await limiter.peek('a')).remaining).toBe(0);
    await limiter.peek('a', { policy: '2/h' });
    // Two hours are left of the day: the faster policy's recovery, and how far ahead it books.
    expect((await limiter.peek('a')).remaining).toBe(22);
    const booking = createRateLimiter(driver, { name: 'booking', policy: '1/h', longestWait: '1h' });
    const plain = createRateLimiter(driver, { name: 'booking', policy: '1/h' });
    await booking.check('a');
    const booked = new AbortController();
    const waiting = booking.wait('a', { signal: booked.signal });
    await context.advance(0);
    expect((await booking.peek('a')).retryAfterMs).toBeGreaterThan(3_600_000);
    await plain.peek('a');
    expect((await booking.peek('a')).retryAfterMs).toBeLessThanOrEqual(3_600_000);
    booked.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  });

  timed('under a log, an allowed call of a shorter window forgets what is older than that', async () => {
    const limiter = createRateLimiter(await context.driver(), { policy: 'sliding-window-log 100/d' });
    await limiter.check('a', { cost: 90 });
    await context.advance(7_200_000);
    await limiter.check('a', { policy: 'sliding-window-log 5/h' });
    expect((await limiter.peek('a')).remaining).toBe(99);
  });
}
