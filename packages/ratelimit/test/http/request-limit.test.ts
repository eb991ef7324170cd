import { createManualClock, type ManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { requestLimit } from '../../src/http/request-limit.js';
import {
  createRateLimiter,
  createRateLimits,
  guardLimiter,
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
