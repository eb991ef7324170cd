import type { CallOptions, Driver } from '@penknife/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createParts } from '../src/cache-parts.js';
import { type Cache, cacheKeys } from '../src/index.js';
import { resolveOptions } from '../src/options.js';
import { createGate, createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

describe('nothing is waited for without end', () => {
  it('everywhere: the deadline of the call counts, and a hundred keys or more wait for one lease', async () => {
    const driver = stage.redis.driver();
    const cache = stage.cache<number>({ l1LeaseMs: 30_000 }, driver);
    await cache.set('k', 1);
    await cache.get('k');
    // Somebody who died: among the processes, and silent.
    const members = cacheKeys.in('pk').members('default');
    await driver.send({
      args: ['ZADD', members, '99999999999999', 'dead.AAAA.30000'],
      read: (reply) => reply,
    });
    const late = expect(cache.remove('k', { everywhere: true, deadlineMs: 100 })).rejects.toMatchObject({
      code: 'DEADLINE',
      sent: 'maybe',
    });
    await stage.clock.advance(100);
    await late;
    expect(await cache.get('k')).toBeUndefined();
    const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
    let done = false;
    const removed = cache.invalidate({ keys }, { everywhere: true }).then(() => {
      done = true;
    });
    await stage.clock.advance(29_000);
    expect(done).toBe(false);
    await stage.clock.advance(1100);
    expect(done).toBe(true);
    await removed;
  });

  it('everywhere: a channel that does not open is waited for within the patience of the call, and what is announced is', async () => {
    const inner = stage.redis.driver();
    const cache = stage.cache<number>({}, { ...inner, openFeed: () => new Promise<never>(() => undefined) });
    const other = stage.cache<number>({ l1LeaseMs: 600_000 });
    const both = async (): Promise<void> => {
      await cache.set('k', 1);
      expect(await other.get('k')).toBe(1);
      await stage.clock.advance(1);
    };
    await both();
    const late = expect(cache.remove('k', { everywhere: true, deadlineMs: 100 })).rejects.toMatchObject({
      code: 'DEADLINE',
      sent: 'maybe',
    });
    await stage.clock.advance(100);
    await late;
    expect(other.peek('k')).toBeUndefined();
    await both();
    const controller = new AbortController();
    const { signal } = controller;
    const left = expect(cache.remove('k', { everywhere: true, signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    await stage.clock.advance(10);
    controller.abort();
    await left;
    await expect(cache.remove('k', { everywhere: true, signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('everywhere: who cannot be heard waits for the leases of the others, not for its own', async () => {
    const inner = stage.redis.driver();
    const refusing: Driver = { ...inner, openFeed: () => Promise.reject(new Error('no feeds here')) };
    const cache = stage.cache<number>({}, refusing);
    const other = stage.cache<number>({ l1LeaseMs: 5000 });
    await other.getOrSet('k', () => 1);
    let done = false;
    const removed = cache.remove('k', { everywhere: true }).then(() => {
      done = true;
    });
    await stage.clock.advance(4900);
    expect(done).toBe(false);
    await stage.clock.advance(200);
    expect(done).toBe(true);
    await removed;
    // Nobody else has a tier: nobody to wait for.
    await other.close();
    await cache.remove('k', { everywhere: true });
  });

  it('everywhere: who missed the first hundred confirms when it has them from the log', async () => {
    const inner = stage.redis.driver();
    const log = createGate();
    let toMiss = 0;
    const missing: Driver = {
      ...inner,
      openFeed: (sink, options) =>
        inner.openFeed(
          {
            ...sink,
            message: (...told) => {
              if (toMiss-- > 0) return;
              sink.message(...told);
            },
          },
          options,
        ),
      async send(command, call) {
        if (toMiss < 0 && command.script?.name === 'cache/catch-up') await log.opened;
        return inner.send(command, call);
      },
    };
    const lives = { l1LeaseMs: 30_000 };
    const [cache, other] = [stage.cache<number>(lives), stage.cache<number>(lives, missing)];
    expect(await other.getOrSet('k0', () => 1)).toBe(1);
    await stage.clock.advance(10);
    const keys = Array.from({ length: 150 }, (_, i) => `k${i}`);
    let done = false;
    toMiss = 1;
    const removed = cache.invalidate({ keys }, { everywhere: true }).then(() => {
      done = true;
    });
    await stage.clock.advance(10);
    expect([toMiss < 0, other.peek('k0'), done]).toEqual([true, 1, false]);
    log.open();
    await stage.clock.advance(10);
    expect([other.peek('k0'), done]).toEqual([undefined, true]);
    await removed;
  });

  it('everywhere: of more processes than are told the leases have to pass', async () => {
    const inner = stage.redis.driver();
    const deaf: Driver = {
      ...inner,
      openFeed: (sink, options) => inner.openFeed({ ...sink, message: () => undefined }, options),
    };
    const [cache, other] = [stage.cache<number>(), stage.cache<number>({}, deaf)];
    const members = cacheKeys.in('pk').members('default');
    const until = String(stage.clock.now() + 30_000);
    const crowd = Array.from({ length: 1001 }, (_, i) => [until, `m${i}.AAAA.5`]).flat();
    await stage.redis.driver().send({ args: ['ZADD', members, ...crowd], read: (reply) => reply });
    expect(await other.getOrSet('k', () => 1)).toBe(1);
    let done = false;
    const removed = cache.remove('k', { everywhere: true }).then(() => {
      done = true;
    });
    await stage.clock.advance(10);
    // It was not told of, and has heard nothing: what it serves is not gone yet.
    expect([other.peek('k'), done]).toEqual([1, false]);
    await stage.clock.advance(1000);
    expect([other.peek('k'), done]).toEqual([undefined, true]);
    await removed;
  });

  it('a hard timeout counts from the call on, also while a server stands still', async () => {
    const options = { deadlineMs: 1000, unavailableMs: 0, leaseMs: 5000 };
    for (const hardTimeoutMs of [300, 2500]) {
      const cache = stage.cache<number>({ ...options, name: `hard${hardTimeoutMs}` });
      stage.redis.faults.pause();
      const begunAt = stage.clock.monotonic();
      let tookMs = -1;
      const load = () => new Promise<never>(() => undefined);
      const call = expect(cache.getOrSet('k', load, { hardTimeoutMs })).rejects.toMatchObject({
        code: 'LOAD_TIMEOUT',
        timeoutMs: hardTimeoutMs,
      });
      const timed = call.then(() => {
        tookMs = stage.clock.monotonic() - begunAt;
      });
      for (let turns = 0; tookMs < 0 && turns < 100; turns++) await stage.clock.advance(50);
      await timed;
      expect(tookMs).toBeLessThanOrEqual(hardTimeoutMs + 50);
      stage.redis.faults.resume();
    }
  });

  it('the deadline of a write or a question is one for all it asks, and its signal counts at once', async () => {
    const calls = [
      (cache, call) => cache.set('k', 1, { ...call, tags: ['t'] }),
      (cache, call) => cache.setMany([['k', 1]], call),
      (cache, call) => cache.writeThrough('k', 1, async () => undefined, call),
      (cache, call) => cache.explain('k', call),
    ] satisfies ((cache: Cache<number>, call: CallOptions) => Promise<unknown>)[];
    for (const [i, act] of calls.entries()) {
      const options = { deadlineMs: 2000, unavailableMs: 0 };
      const caches = [0, 1].map((each) => stage.cache<number>({ ...options, name: `one${i}.${each}` }));
      const [first, second] = caches as [Cache<number>, Cache<number>];
      stage.redis.faults.pause();
      const late = expect(act(first, { deadlineMs: 100 })).rejects.toMatchObject({ code: 'DEADLINE' });
      const controller = new AbortController();
      const left = expect(act(second, { signal: controller.signal })).rejects.toMatchObject({
        code: 'ABORTED',
      });
      let ended = false;
      const both = Promise.all([late, left]).then(() => {
        ended = true;
      });
      controller.abort();
      await stage.clock.advance(150);
      expect(ended, `call ${i}`).toBe(true);
      await both;
      stage.redis.faults.resume();
    }
  });

  it('to explain a key without tags is answered in one go, however little is left of its deadline', async () => {
    const inner = stage.redis.driver();
    const driver: Driver = {
      ...inner,
      async batch(commands, call) {
        const answers = await inner.batch(commands, call);
        await stage.clock.advance(200);
        return answers;
      },
    };
    const cache = stage.cache<number>({}, driver);
    await cache.set('k', 1);
    expect((await cache.explain('k', { deadlineMs: 100 })).redis).toMatchObject({ grade: 'fresh', tags: [] });
  });

  it('many keys and a server that freezes in the middle: the deadline of a call is one for all its commands', async () => {
    const inner = stage.redis.driver();
    const driver: Driver = {
      ...inner,
      async batch(commands, call) {
        const answers = await inner.batch(commands, call);
        await stage.clock.sleep(60);
        stage.redis.faults.pause();
        return answers;
      },
    };
    const cache = stage.cache<number>({}, driver);
    await cache.get('k');
    const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
    let outcome: unknown;
    const removed = cache.invalidate({ keys }, { deadlineMs: 100 }).catch((error: unknown) => {
      outcome = error;
    });
    await stage.clock.advance(60);
    expect(outcome).toBeUndefined();
    await stage.clock.advance(40);
    expect(outcome).toMatchObject({ code: 'DEADLINE' });
    stage.redis.faults.resume();
    await removed;
  });

  it('many reads of which one cannot be told what it met: what was answered before stays answered, the others hear why', async () => {
    const inner = stage.redis.driver();
    const cache = stage.cache<number>({ name: 'half' }, inner);
    for (const key of ['a', 'b', 'c']) await cache.set(key, 1);
    let asked = 0;
    // The second entry is not judged to its end.
    const fraction = (): number => {
      if (++asked === 2) throw new Error('no chance left');
      return 0.5;
    };
    const driver: Driver = { ...inner, random: { ...inner.random, fraction } };
    const parts = createParts(driver, resolveOptions({ ttlMs: 60_000, earlyRefresh: 1, name: 'half' }));
    const found = await parts.reader.readAll(['a', 'b', 'c'].map(parts.places.of), []);
    const error = expect.objectContaining({ message: 'no chance left' });
    expect(found).toMatchObject([{ reading: { found: { value: 1 } } }, { error }, { error }]);
    await parts.position.close();
  });

  it('of loaders that never settle nothing is kept after their lease', async () => {
    const driver = stage.redis.driver();
    const parts = createParts(driver, resolveOptions({ ttlMs: 1000, leaseMs: 100, name: 'never' }));
    const { loads, places, reader, keeper, options, position } = parts;
    for (let i = 0; i < 5; i++) {
      const place = places.of('k');
      const reading = await reader.read(place, []);
      const { freshness } = options;
      const loader = () => new Promise<never>(() => undefined);
      void loads.start({ place, loader, freshness, tags: [], reading, waits: true });
      await stage.clock.advance(10);
      expect(keeper.watches.size).toBe(1);
      await stage.clock.advance(100);
      expect(keeper.watches.size).toBe(0);
    }
    await loads.close();
    await position.close();
    await driver.close();
  });
});
