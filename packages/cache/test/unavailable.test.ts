import { subscribe, unsubscribe } from 'node:diagnostics_channel';
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

  it('trap 9: what lacks a tag of the call is not served then either', async () => {
    const cache = stage.cache<number>({ deadlineMs: 300, staleIfErrorMs: 600_000 });
    await cache.getOrSet('x', () => 1);
    await cache.getOrSet('y', () => 1, { tags: ['t'] });
    stage.redis.faults.pause();
    await stage.clock.advance(1500);
    const options = { tags: ['t'] };
    const reads = Promise.allSettled(['x', 'y'].map((key) => cache.get(key, options)));
    await stage.clock.advance(310);
    expect(await reads).toMatchObject([{ status: 'rejected' }, { value: 1 }]);
    const answers = Promise.all(['x', 'y'].map((key) => cache.getOrSet(key, () => 2, options)));
    await stage.clock.advance(310);
    expect(await answers).toEqual([2, 1]);
    stage.redis.faults.resume();
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

  it('a record that is lost again and again ends a read, and is as a server that cannot be asked', async () => {
    const inner = stage.redis.driver();
    let reads = 0;
    const forgetful: Driver = {
      ...inner,
      async send(command, call) {
        if (command.args[0] === 'MGET') {
          reads++;
          await inner.send({ args: ['DEL', cacheKeys.in('pk').record('default')], read: String });
        }
        return inner.send(command, call);
      },
    };
    const cache = stage.cache<number>({ local: false, whenUnavailable: 'reject' }, forgetful);
    await expect(cache.get('x')).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
    expect(reads).toBe(5);
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

  it('tells of loads and invalidations on tracing channels, without keys', async () => {
    const told: unknown[] = [];
    const names = ['cache.load', 'cache.invalidate'].map((name) => `tracing:penknife:${name}:start`);
    const hear = (message: unknown): void => void told.push(message);
    for (const name of names) subscribe(name, hear);
    const cache = stage.cache<number>({ name: 'told' });
    await cache.getOrSet('secret', () => 1);
    await cache.remove('secret');
    for (const name of names) unsubscribe(name, hear);
    expect(told).toMatchObject([{ cache: 'told' }, { cache: 'told', act: 'remove' }]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it.each(['MGET', 'cache/enter'])(
    'a call that stands at its %s when the cache closes runs no loader after',
    async (step) => {
      const inner = stage.redis.driver();
      const [asked, gate] = [createGate(), createGate()];
      const slow: Driver = {
        ...inner,
        async send(command, call) {
          const answer = await inner.send(command, call);
          if (command.args[0] === step || command.script?.name === step) {
            asked.open();
            await gate.opened;
          }
          return answer;
        },
      };
      const cache = stage.cache<number>({}, slow);
      let loads = 0;
      const answer = expect(cache.getOrSet('x', () => ++loads)).rejects.toMatchObject({ code: 'CLOSED' });
      await asked.opened;
      const closed = cache.close();
      gate.open();
      await Promise.all([closed, answer]);
      expect(loads).toBe(0);
      const keys = cacheKeys.in('pk');
      const left = ['EXISTS', keys.lease(['default', 'x']), keys.entry(['default', 'x'])] as const;
      expect(await inner.send({ args: left, read: Number })).toBe(0);
    },
  );

  it('leaves no timer behind', async () => {
    const cache = stage.cache<number>();
    await cache.getOrSet('x', () => 1);
    await cache.close();
    await stage.close();
    expect(stage.clock.armed).toBe(0);
  });
});
