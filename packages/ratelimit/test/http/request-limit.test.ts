import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ConnectionError, createManualClock, type ManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { requestLimit } from '../../src/http/request-limit.js';
import {
  createRateLimiter,
  createRateLimits,
  guardLimiter,
  guardLimits,
  type Limiter,
  observeLimiter,
  type Policy,
} from '../../src/index.js';

interface Asked {
  readonly path: string;
  readonly plan?: Policy;
  readonly bytes?: number;
}

const facts = { remoteAddress: '10.1.2.3', forwardedFor: undefined };
const driverAt = (clock: ManualClock) => createMemoryDriver({ clock });

describe('what a middleware may be told of a request', () => {
  it('needs a limiter, and says so when it is made', () => {
    for (const limiter of [undefined, '10/s', {}])
      expect(() => requestLimit({ limiter } as never)).toThrow(
        /^limiter must be a limiter, or several limits/,
      );
    expect(() => requestLimit(undefined as never)).toThrow(/^options must be an object/);
  });

  it('who is skipped is not asked about and not charged', async () => {
    const driver = driverAt(createManualClock());
    const limiter = createRateLimiter(driver, { policy: '2/h' });
    const decide = requestLimit<Asked>({ limiter, skip: async ({ path }) => path.startsWith('/health') });
    expect(await decide({ path: '/health' }, facts)).toBeNull();
    expect((await limiter.peek('10.1.2.3')).remaining).toBe(2);
    expect(await decide({ path: '/' }, facts)).toMatchObject({ refusal: null });
    expect((await limiter.peek('10.1.2.3')).remaining).toBe(1);
    await driver.close();
  });

  it('what it weighs, and under which plan', async () => {
    const driver = driverAt(createManualClock());
    const limiter = createRateLimiter(driver, { policy: '10/h' });
    const decide = requestLimit<Asked>({
      limiter,
      cost: ({ bytes = 1 }) => bytes,
      policy: ({ plan }) => plan,
    });
    const results = async (request: Asked) => (await decide(request, facts))?.results;
    expect(await results({ path: '/', bytes: 4 })).toMatchObject([{ cost: 4, remaining: 6 }]);
    expect(await results({ path: '/', plan: '100/h' })).toMatchObject([{ limit: 100, allowed: true }]);
    const heavy = await decide({ path: '/', bytes: 11 }, facts);
    expect(heavy?.refusal).toMatchObject({ status: 413 });
    await expect(decide({ path: '/', bytes: 0.5 }, facts)).rejects.toMatchObject({ argument: 'cost' });
    await driver.close();
  });

  it('for whom it counts: by a key, one for each of several limits, and an error where nobody can be named', async () => {
    const driver = driverAt(createManualClock());
    const limits = createRateLimits(driver, { limits: { user: '1/h', all: '9/h' } });
    const decide = requestLimit<Asked>({ limiter: limits, key: ({ path }) => ({ user: path, all: 'all' }) });
    expect(await decide({ path: 'a' }, facts)).toMatchObject({ refusal: null });
    expect(await decide({ path: 'a' }, facts)).toMatchObject({ refusal: { status: 429 } });
    expect(await decide({ path: 'b' }, facts)).toMatchObject({ refusal: null });
    const one = createRateLimiter(driver, { policy: '1/h' });
    const nowhere = { remoteAddress: undefined, forwardedFor: undefined };
    await expect(requestLimit<Asked>({ limiter: one })({ path: '/' }, nowhere)).rejects.toThrow(
      /key must be given/,
    );
    const wrong = requestLimit<Asked>({ limiter: one, key: () => ({ user: 'a' }) });
    await expect(wrong({ path: '/' }, facts)).rejects.toThrow(/one identifier for one limiter/);
    await driver.close();
  });

  it('a leaky bucket holds a request back until it is its turn', async () => {
    const clock = createManualClock();
    const driver = driverAt(clock);
    const limiter = createRateLimiter(driver, { policy: 'leaky-bucket 1/s burst 3' });
    const decide = requestLimit<Asked>({ limiter, clock });
    await decide({ path: '/' }, facts);
    let gone = false;
    const second = decide({ path: '/' }, facts).finally(() => {
      gone = true;
    });
    await clock.advance(999);
    expect(gone).toBe(false);
    await clock.advance(1);
    expect(await second).toMatchObject({ refusal: null });
    await driver.close();
  });

  it('a request longer than its lease keeps its place, and gives it back at its end', async () => {
    const clock = createManualClock();
    const driver = driverAt(clock);
    const policy = 'concurrency 1 lease 1s';
    const one = (name: string) => createRateLimiter(driver, { name, policy });
    const limiters = [
      one('bare'),
      observeLimiter(guardLimiter(driver, one('guarded'), { fallback: 'local' }), {}),
      createRateLimits(driver, { limits: { rate: '99/s', running: policy } }),
    ];
    for (const limiter of limiters) {
      const armed = clock.armed;
      const decide = requestLimit<Asked>({ limiter, clock });
      const long = await decide({ path: '/' }, facts);
      expect(long).toMatchObject({ refusal: null, leases: true });
      for (let i = 0; i < 30; i++) await clock.advance(100);
      expect(await decide({ path: '/' }, facts)).toMatchObject({ refusal: { status: 429 } });
      long?.release();
      const next = await decide({ path: '/' }, facts);
      expect(next).toMatchObject({ refusal: null });
      next?.release();
      await clock.advance(3000);
      expect(clock.armed).toBe(armed);
    }
    await driver.close();
  });

  it('a request that never ends keeps its place as long as it may, and that it lost it is told', async () => {
    const clock = createManualClock();
    const driver = driverAt(clock);
    const policy = 'concurrency 1 lease 1s';
    const told: unknown[] = [];
    const listener = (message: unknown): void => void told.push(message);
    subscribe('penknife:ratelimit.lost', listener);
    const limiters = [
      createRateLimiter(driver, { name: 'one', policy }),
      createRateLimits(driver, { name: 'all', limits: { rate: '99/s', running: policy } }),
    ];
    for (const limiter of limiters) {
      const armed = clock.armed;
      const decide = requestLimit<Asked>({ limiter, clock, longestHold: '10s' });
      const endless = await decide({ path: '/' }, facts);
      for (let i = 0; i < 99; i++) await clock.advance(100);
      expect(await decide({ path: '/' }, facts)).toMatchObject({ refusal: { status: 429 } });
      for (let i = 0; i < 11; i++) await clock.advance(100);
      const next = await decide({ path: '/' }, facts);
      expect(next).toMatchObject({ refusal: null });
      // The place of the other is not the first one's to give back.
      endless?.release();
      await clock.advance(1);
      expect(await decide({ path: '/' }, facts)).toMatchObject({ refusal: { status: 429 } });
      next?.release();
      await clock.advance(3000);
      expect(clock.armed).toBe(armed);
    }
    const short = requestLimit<Asked>({ limiter: limiters[0] as Limiter, clock, longestHold: '1h' });
    const lost = await short({ path: '/' }, facts);
    await (limiters[0] as Limiter).reset('10.1.2.3');
    for (let i = 0; i < 12; i++) await clock.advance(100);
    lost?.release();
    unsubscribe('penknife:ratelimit.lost', listener);
    expect(told).toEqual([
      { policy: 'one', reason: 'longest-hold', heldMs: expect.any(Number) },
      { policy: 'all', reason: 'longest-hold', heldMs: expect.any(Number) },
      { policy: 'one', reason: 'ended', heldMs: expect.any(Number) },
    ]);
    for (const { heldMs } of told.slice(0, 2) as { heldMs: number }[]) {
      expect(heldMs).toBeGreaterThanOrEqual(10_000);
      expect(heldMs).toBeLessThanOrEqual(11_000);
    }
    await driver.close();
  });

  it('behind a guard a server that is away is no error, and leases counted in the process are not extended', async () => {
    const clock = createManualClock();
    const driver = driverAt(clock);
    const policy = 'concurrency 1 lease 1s';
    const all = createRateLimits(driver, { limits: { rate: '9/s', running: policy } });
    const one = createRateLimiter(driver, { policy });
    await driver.close();
    const check = () => Promise.reject(new ConnectionError('gone', { sent: 'no' }));
    for (const guarded of [
      (fallback: 'closed' | 'local') => guardLimits({ clock }, { ...all, check }, { fallback }),
      (fallback: 'closed' | 'local') => guardLimiter({ clock }, { ...one, check }, { fallback }),
    ]) {
      const closed = requestLimit<Asked>({ limiter: guarded('closed'), clock });
      expect(await closed({ path: '/' }, facts)).toMatchObject({ refusal: { status: 503 } });
      const decide = requestLimit<Asked>({ limiter: guarded('local'), clock });
      const running = await decide({ path: '/' }, facts);
      expect(running).toMatchObject({ refusal: null, leases: true });
      expect(clock.armed).toBe(0);
      expect(await decide({ path: '/' }, facts)).toMatchObject({ refusal: { status: 429 } });
      running?.release();
      await clock.advance(1);
      expect(await decide({ path: '/' }, facts)).toMatchObject({ refusal: null });
    }
  });

  it('what would not be heeded is refused when it is made', async () => {
    const driver = driverAt(createManualClock());
    const limiter = createRateLimiter(driver, { policy: '1/s' });
    const several = createRateLimits(driver, { limits: { second: '1/s' } });
    for (const wrong of [limiter, several])
      expect(() => requestLimit({ limiter: wrong, longestHold: '1m' })).toThrow(
        /^longestHold must be left out without a concurrency limit/,
      );
    const leases = createRateLimiter(driver, { policy: 'concurrency 1' });
    for (const longestHold of [0, 'soon', Number.NaN] as never[])
      expect(() => requestLimit({ limiter: leases, longestHold })).toThrow(/^longestHold must be a duration/);
    expect(() => requestLimit({ limiter: several, policy: () => '2/s' })).toThrow(
      /^policy must be left out with several limits/,
    );
    await driver.close();
  });

  it('a request that fails before it goes on gives its place back', async () => {
    const clock = createManualClock();
    const driver = driverAt(clock);
    const broken = { ...clock, sleep: () => Promise.reject(new Error('gone')) };
    const leaky = createRateLimits(driver, {
      limits: { turn: 'leaky-bucket 1/s burst 3', running: 'concurrency 1 lease 1s' },
    });
    await leaky.release('10.1.2.3', await leaky.check('10.1.2.3'));
    const decide = requestLimit<Asked>({ limiter: leaky, clock: broken });
    await expect(decide({ path: '/' }, facts)).rejects.toThrow('gone');
    expect((await leaky.peek('10.1.2.3')).results.running?.remaining).toBe(1);
    await clock.advance(5000);
    expect(clock.armed).toBe(0);
    await driver.close();
  });
});
