import type { Driver } from '@penknife/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheKeys, createCache } from '../src/index.js';
import { createGate, createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

/** Lets what is under way in the background come to its end. */
const settle = (): Promise<void> => stage.clock.advance(0);

describe('the life of an entry', () => {
  it('fresh, stale while one process loads anew, a fallback for errors, gone', async () => {
    const cache = stage.cache<number>({
      ttlMs: 1000,
      staleWhileRevalidateMs: 500,
      staleIfErrorMs: 5000,
      errorTtlMs: 0,
    });
    const failing = () => Promise.reject(new Error('down'));
    expect(await cache.getOrSet('x', () => 1)).toBe(1);
    await stage.clock.advance(999);
    expect(await cache.getOrSet('x', () => 2)).toBe(1);
    await stage.clock.advance(1);
    expect(cache.peek('x')).toBeUndefined();
    expect(await cache.getOrSet('x', failing)).toBe(1);
    await settle();
    await stage.clock.advance(600);
    expect(await cache.get('x')).toBeUndefined();
    expect(await cache.getOrSet('x', failing)).toBe(1);
    await stage.clock.advance(4400);
    await expect(cache.getOrSet('x', failing)).rejects.toThrow('down');
    expect(cache.stats()).toMatchObject({ stale: { revalidating: 1, failed: 1 }, loadFailures: 3 });
  });

  it('refreshes in the background once for all processes', async () => {
    const options = { ttlMs: 1000, staleWhileRevalidateMs: 5000 };
    const caches = [1, 2, 3].map(() => stage.cache<number>(options));
    await caches[0]?.getOrSet('x', () => 1);
    await stage.clock.advance(1000);
    let runs = 0;
    const answers = caches.flatMap((cache) => [1, 2].map(() => cache.getOrSet('x', () => 100 + runs++)));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([1]));
    await settle();
    expect(runs).toBe(1);
    expect(await caches[2]?.getOrSet('x', () => -1)).toBe(100);
  });

  it('trap 3: age counts from before the load', async () => {
    const cache = stage.cache<number>({ ttlMs: 1000, local: false });
    const gate = createGate<number>();
    const loading = cache.getOrSet('x', () => gate.opened);
    await stage.clock.advance(700);
    gate.open(1);
    expect(await loading).toBe(1);
    expect(await cache.get('x')).toBe(1);
    expect(await cache.explain('x')).toMatchObject({ redis: { ageMs: 700, leftMs: 300, loadMs: 700 } });
    await stage.clock.advance(300);
    expect(await cache.get('x')).toBeUndefined();
  });

  it('trap 8: the wall clock of a process decides nothing', async () => {
    const [a, b] = [stage.cache<number>({ ttlMs: 1000 }), stage.cache<number>({ ttlMs: 1000 })];
    await a.getOrSet('x', () => 1);
    await b.getOrSet('x', () => 2);
    expect((await b.explain('x')).redis?.ageMs).toBe(0);
    await stage.clock.advance(1000);
    expect(b.peek('x')).toBeUndefined();
    expect(await b.get('x')).toBeUndefined();
  });

  it('the local tier never outlives what Redis has left', async () => {
    const [a, b] = [stage.cache<number>({ ttlMs: 1000 }), stage.cache<number>({ ttlMs: 1000 })];
    await a.getOrSet('x', () => 1);
    await stage.clock.advance(600);
    expect(await b.getOrSet('x', () => 2)).toBe(1);
    expect((await b.explain('x')).local?.freshForMs).toBe(400);
  });

  it('takes up to the jitter off the ttl, never more', async () => {
    const cache = stage.cache<number>({ ttlMs: 1000, jitter: 0.5, local: false });
    const ttls: number[] = [];
    for (let i = 0; i < 50; i++) {
      await cache.getOrSet(`k${i}`, () => i);
      ttls.push((await cache.explain(`k${i}`)).redis?.ttlMs ?? 0);
    }
    expect(Math.min(...ttls)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...ttls)).toBeLessThanOrEqual(1000);
    expect(new Set(ttls).size).toBeGreaterThan(20);
  });

  it('null lives shorter', async () => {
    const cache = stage.cache<number | null>({ ttlMs: 60_000, negativeTtlMs: 100 });
    await cache.getOrSet('x', () => null);
    await stage.clock.advance(100);
    expect(await cache.getOrSet('x', () => 1)).toBe(1);
  });
});

describe('patience', () => {
  it('soft timeout: what is stale is served, and the late result is stored', async () => {
    const cache = stage.cache<number>({ ttlMs: 1000, staleIfErrorMs: 60_000, softTimeoutMs: 100 });
    await cache.getOrSet('x', () => 1);
    await stage.clock.advance(1000);
    const gate = createGate<number>();
    const answer = cache.getOrSet('x', () => gate.opened);
    await stage.clock.advance(100);
    expect(await answer).toBe(1);
    gate.open(2);
    await settle();
    expect(cache.peek('x')).toBe(2);
    expect(cache.stats().stale.slow).toBe(1);
  });

  it('hard timeout: a typed error, and the late result is stored', async () => {
    const cache = stage.cache<number>({ hardTimeoutMs: 200 });
    const gate = createGate<number>();
    const refused = expect(cache.getOrSet('x', () => gate.opened)).rejects.toMatchObject({
      code: 'LOAD_TIMEOUT',
      timeoutMs: 200,
    });
    await stage.clock.advance(200);
    await refused;
    gate.open(2);
    await settle();
    expect(await cache.get('x')).toBe(2);
  });

  it('a signal ends the waiting of its caller alone', async () => {
    const cache = stage.cache<number>();
    const gate = createGate<number>();
    const controller = new AbortController();
    const patient = cache.getOrSet('x', () => gate.opened);
    const refused = expect(cache.getOrSet('x', () => 9, { signal: controller.signal })).rejects.toMatchObject(
      { code: 'ABORTED' },
    );
    await settle();
    controller.abort();
    await refused;
    gate.open(1);
    expect(await patient).toBe(1);
  });

  it('trap 10: the lease of a loader that never settles passes on, and its late value is refused', async () => {
    const [a, b] = [stage.cache<string>({ leaseMs: 1000 }), stage.cache<string>({ leaseMs: 1000 })];
    const gate = createGate<string>();
    let aborted: AbortSignal | undefined;
    const first = a.getOrSet(
      'x',
      ({ signal }) => {
        aborted = signal;
        return gate.opened;
      },
      { hardTimeoutMs: 60_000 },
    );
    await settle();
    const second = b.getOrSet('x', () => 'second');
    await stage.clock.advance(999);
    expect(b.stats().loads).toBe(0);
    await stage.clock.advance(502);
    expect(await second).toBe('second');
    expect(aborted?.aborted).toBe(true);
    gate.open('late');
    expect(await first).toBe('late');
    expect(await b.get('x')).toBe('second');
    expect(await a.get('x')).toBe('second');
    expect(a.stats().fillsRefused).toBe(1);
  });
});

describe('when Redis is gone', () => {
  it('trap 11: what this process has is served, what it has not is loaded once, and recovery replays', async () => {
    const drivers = [stage.redis.driver(), stage.redis.driver()];
    const cache = stage.cache<number>(
      { deadlineMs: 300, unavailableMs: 500, staleIfErrorMs: 600_000 },
      drivers[0],
    );
    await cache.getOrSet('x', () => 1);
    stage.redis.faults.pause();
    await stage.clock.advance(1500);
    expect(cache.peek('x')).toBeUndefined();
    let settled = 0;
    const answers = ['x', 'x', 'y', 'y'].map((key) =>
      cache
        .getOrSet(key, () => 7)
        .finally(() => {
          settled++;
        }),
    );
    await stage.clock.advance(310);
    expect(settled).toBe(4);
    expect(await Promise.all(answers)).toEqual([1, 1, 7, 7]);
    expect(cache.stats().loads).toBe(2);
    // The breaker: no waiting for the next ones.
    expect(await cache.getOrSet('y', () => 8)).toBe(7);
    stage.redis.faults.resume();
    await stage.clock.advance(600);
    const other = stage.cache<number>({}, drivers[1]);
    await other.set('x', 2);
    expect(await cache.getOrSet('x', () => 9)).toBe(2);
    expect(await cache.getOrSet('y', () => 8)).toBe(8);
  });

  it('may reject instead, and a removal that could not be made always does', async () => {
    const cache = stage.cache<number>({ deadlineMs: 100, whenUnavailable: 'reject' });
    await cache.getOrSet('x', () => 1);
    stage.redis.faults.refuse();
    const refused = [
      expect(cache.getOrSet('y', () => 1)).rejects.toMatchObject({ code: 'CONNECTION' }),
      expect(cache.remove('x')).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' }),
    ];
    await stage.clock.advance(200);
    await Promise.all(refused);
    expect(cache.peek('x')).toBeUndefined();
    stage.redis.faults.restore();
  });

  it('a lost message is replayed from the log, and a log that cannot tell drops everything', async () => {
    const inner = stage.redis.driver();
    const deaf: Driver = {
      ...inner,
      openFeed: (sink, options) => inner.openFeed({ ...sink, message: () => undefined }, options),
    };
    const [a, b] = [stage.cache<number>(), stage.cache<number>({}, deaf)];
    for (const key of ['x', 'y']) await b.getOrSet(key, () => 1);
    const record = cacheKeys.in('pk').record('default');
    await a.remove('x');
    // Nobody told it: it may, until its lease is over.
    expect(b.peek('x')).toBe(1);
    await stage.clock.advance(600);
    expect(b.peek('x')).toBeUndefined();
    expect(b.peek('y')).toBe(1);
    const driver = stage.redis.driver();
    const origin = await driver.send({ args: ['GET', record], read: (reply) => String(reply).split(' ')[0] });
    await driver.send({ args: ['SET', record, `${origin} 900 0 0`], read: String });
    await stage.clock.advance(600);
    expect(b.peek('y')).toBeUndefined();
    await driver.close();
  });

  it('trap 19: CLIENT TRACKING tells of invalidations instead of the channel; a lost connection and a flush drop what is there', async () => {
    const options = { transport: 'tracking' } as const;
    const [a, b] = [stage.cache<number>(options), stage.cache<number>(options)];
    await b.getOrSet('warm', () => 0);
    await settle();
    const forgotten = async (): Promise<void> => {
      for (let turns = 0; b.peek('x') !== undefined && turns < 20; turns++) await stage.clock.advance(1);
      expect(b.peek('x')).toBeUndefined();
    };
    await b.getOrSet('x', () => 1);
    await a.remove('x');
    await forgotten();
    await b.getOrSet('x', () => 2);
    const driver = stage.redis.driver();
    await driver.send({ args: ['DEL', cacheKeys.in('pk').record('default')], read: String });
    await forgotten();
    await b.getOrSet('x', () => 3);
    await driver.send({ args: ['FLUSHALL'], read: String });
    await forgotten();
    await driver.close();
    expect(() => createCache({ ...driver, topology: 'cluster' }, { ttlMs: 1000, ...options })).toThrow(
      /CLIENT TRACKING/,
    );
  });

  it('leaves no timer behind', async () => {
    const cache = stage.cache<number>();
    await cache.getOrSet('x', () => 1);
    await cache.close();
    await stage.close();
    expect(stage.clock.armed).toBe(0);
  });
});
