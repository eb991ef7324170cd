import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { type CacheOptions, cacheKeys, createCache } from '../src/index.js';
import { createCases } from './cases.js';
import { createGate } from './stage.js';

/** The behaviour of a cache, on whatever the context runs on. */
export function cacheSuite(context: MatrixContext): void {
  const { made, until, test } = createCases(context);
  const entryKey = (key: string, name = 'default') => cacheKeys.in('pk').entry([name, key]);

  test('loads once, then answers from this process, and from Redis for others', async () => {
    const [a, b] = [await made(), await made()];
    let runs = 0;
    const loader = () => ({ price: ++runs });
    expect(a.peek('x')).toBeUndefined();
    expect(await a.getOrSet('x', loader)).toEqual({ price: 1 });
    expect(await a.getOrSet('x', loader)).toEqual({ price: 1 });
    expect(a.peek('x')).toEqual({ price: 1 });
    expect(await b.getOrSet('x', loader)).toEqual({ price: 1 });
    expect(b.peek('x')).toEqual({ price: 1 });
    expect(await b.get('nothing')).toBeUndefined();
    expect(a.stats()).toMatchObject({ hits: { local: 2, redis: 0 }, misses: 1, loads: 1 });
    expect(b.stats()).toMatchObject({ hits: { local: 1, redis: 1 }, loads: 0 });
  });

  test('one loader for all callers of all processes; those who wait are woken', async () => {
    const caches = await Promise.all([1, 2, 3, 4].map(() => made<number>()));
    // Their channels are live: from now on nobody has to look for himself.
    await Promise.all(caches.map((cache, i) => cache.getOrSet(`warm ${i}`, () => i)));
    const gate = createGate<number>();
    let runs = 0;
    const loader = () => {
      runs++;
      return gate.opened;
    };
    const answers = caches.flatMap((cache) =>
      Array.from({ length: 25 }, () => cache.getOrSet('hot', loader)),
    );
    const waiting = (): number => caches.reduce((sum, cache) => sum + cache.stats().waits, 0);
    await until('the others wait', () => waiting() >= 3);
    gate.open(42);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([42]));
    expect(runs).toBe(1);
    // Who waited looks for himself after a while: on a machine that stands still, more than once.
    expect(waiting()).toBeGreaterThanOrEqual(3);
  });

  for (const act of ['remove', 'expire', 'set', 'clear', 'expireAll'] as const) {
    test(`trap 1: ${act} during a load wins, also over an absent key: what was loaded is not stored`, async () => {
      const [a, b] = [await made<string>(), await made<string>()];
      const gate = createGate<string>();
      const started = createGate();
      const loading = a.getOrSet('x', () => {
        started.open();
        return gate.opened;
      });
      await started.opened;
      if (act === 'set') await b.set('x', 'new');
      else if (act === 'clear' || act === 'expireAll') await b[act]();
      else await b[act]('x');
      gate.open('old');
      expect(await loading).toBe('old');
      expect(await b.getOrSet('x', () => 'new')).toBe('new');
      expect(await a.getOrSet('x', () => 'new')).toBe('new');
    });
  }

  test('an invalidation reaches the tier of every other process', async () => {
    const [a, b] = [await made<number>(), await made<number>()];
    for (const act of ['remove', 'set', 'clear'] as const) {
      // A key each: a late message about the one before would only drop it once more.
      await a.getOrSet(act, () => 1);
      await b.getOrSet(act, () => 1);
      expect(b.peek(act)).toBe(1);
      if (act === 'set') await a.set(act, 2);
      else if (act === 'clear') await a.clear();
      else await a.remove(act);
      expect(a.peek(act)).toBeUndefined();
      await until(`the other is told of ${act}`, () => b.peek(act) === undefined);
      expect(await b.get(act)).toBe(act === 'set' ? 2 : undefined);
    }
  });

  test('remove and expire tell whether there was something', async () => {
    const cache = await made<number>({ staleIfErrorMs: 60_000 });
    await cache.set('x', 1);
    expect([await cache.expire('x'), await cache.expire('y')]).toEqual([true, false]);
    expect(await cache.get('x')).toBeUndefined();
    expect([await cache.remove('x'), await cache.remove('x')]).toEqual([true, false]);
  });

  test('expire keeps a fallback for a loader that fails, remove does not', async () => {
    const cache = await made<number>({ staleIfErrorMs: 60_000, errorTtlMs: 0 });
    const failing = () => Promise.reject(new Error('down'));
    for (const act of ['expire', 'expireAll'] as const) {
      await cache.set('x', 1);
      await (act === 'expire' ? cache.expire('x') : cache.expireAll());
      expect(await cache.getOrSet('x', failing)).toBe(1);
    }
    for (const act of ['remove', 'clear'] as const) {
      await cache.set('x', 1);
      // trap 5: a clear takes the fallbacks too.
      await (act === 'remove' ? cache.remove('x') : cache.clear());
      await expect(cache.getOrSet('x', failing)).rejects.toThrow('down');
    }
    expect(cache.stats().stale.failed).toBe(2);
  });

  test('trap 14: clear touches no entry, and nothing of it comes back', async () => {
    const [a, b] = [await made<number>(), await made<number>({ name: 'other' })];
    for (let i = 0; i < 30; i++) await a.set(`k${i}`, i);
    await b.set('k0', 99);
    const { calls } = await context.counts(() => a.clear());
    expect(
      Object.keys(calls).filter((name) => ['scan', 'keys', 'flushall', 'del', 'unlink'].includes(name)),
    ).toEqual([]);
    const left = await Promise.all(Array.from({ length: 30 }, (_, i) => a.get(`k${i}`)));
    expect(left).toEqual(Array.from({ length: 30 }, () => undefined));
    expect(await b.get('k0')).toBe(99);
    await a.set('k1', 7);
    expect(await a.get('k1')).toBe(7);
  });

  test('trap 6: a lost record means that everything is missed, never that the old is valid', async () => {
    const [a, b] = [await made<number>(), await made<number>({ local: false })];
    await a.set('x', 1);
    expect(await b.get('x')).toBe(1);
    await context.admin('DEL', cacheKeys.in('pk').record('default'));
    expect(await b.get('x')).toBeUndefined();
    expect(await b.getOrSet('x', () => 2)).toBe(2);
  });

  test('trap 13: undefined is refused, null is a value', async () => {
    const cache = await made();
    await expect(cache.getOrSet('x', () => undefined)).rejects.toMatchObject({ code: 'UNDEFINED_VALUE' });
    await expect(cache.set('x', undefined)).rejects.toMatchObject({ argument: 'value' });
    let runs = 0;
    const none = () => {
      runs++;
      return null;
    };
    expect(await cache.getOrSet('none', none)).toBeNull();
    expect(await cache.getOrSet('none', none)).toBeNull();
    expect(cache.peek('none')).toBeNull();
    expect(runs).toBe(1);
  });

  test('keeps Date, Map, Set, BigInt, bytes; a class is refused and poisons nothing', async () => {
    const [a, b] = [await made(), await made()];
    const value = {
      date: new Date(5),
      map: new Map([['a', new Set([1n])]]),
      bytes: Uint8Array.of(0, 255),
      odd: [Number.NaN, -0, undefined],
      $: 'dollar',
    };
    await a.set('x', value);
    expect(await b.get('x')).toEqual(value);
    await a.set('bytes', Uint8Array.of(1, 2, 193, 0));
    expect(await b.get('bytes')).toEqual(Uint8Array.of(1, 2, 193, 0));
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const bad of [circle, new (class Account {})(), () => 1, Symbol('s'), { nested: new WeakMap() }]) {
      await expect(a.getOrSet('bad', () => bad)).rejects.toMatchObject({ code: 'CODEC' });
      await a.remove('bad');
    }
    expect(await a.getOrSet('bad', () => 'good')).toBe('good');
  });

  test('trap 15: keys never meet: separators, braces, globs, surrogates, 10 MB', async () => {
    const [a, b] = [await made<number>(), await made<number>()];
    const keys = [
      'a',
      'a:b',
      '{a}',
      'a}',
      'a%20b',
      'a b',
      '*',
      'a[1]:',
      '__proto__',
      'é',
      '\ud800',
      '\ud801',
      'x'.repeat(10_000_000),
    ];
    for (const [i, key] of keys.entries()) expect(await a.getOrSet(key, () => i)).toBe(i);
    for (const [i, key] of keys.entries()) {
      expect(a.peek(key)).toBe(i);
      expect(await b.getOrSet(key, () => -1)).toBe(i);
    }
    await b.remove('a b');
    expect(await b.get('a%20b')).toBe(4);
    await expect(a.getOrSet('', () => 1)).rejects.toThrow(/must be a string that is not empty/);
    await expect(a.remove(7 as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('trap 16: foreign or broken bytes at the key are a miss, counted, and replaced', async () => {
    const cache = await made<unknown>({ local: false, maxValueBytes: 1000 });
    await cache.set('warm', 1);
    const found = (await context.admin('GET', cacheKeys.in('pk').record('default'))) as string;
    expect(found).toMatch(/^\S{8} \d+ \d+ \d+$/);
    for (const bytes of ['garbage', '{"__proto__":1}', 'x'.repeat(5000), '']) {
      await context.admin('SET', entryKey('x'), bytes, 'PX', 60_000);
      expect(await cache.getOrSet('x', () => ({ good: true }))).toEqual({ good: true });
      expect(await cache.get('x')).toEqual({ good: true });
    }
    expect(cache.stats().unreadable).toBe(4);
    await expect(cache.set('x', 'y'.repeat(1001))).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
      bytes: 1006,
    });
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"m":1}') as unknown;
    await cache.set('x', hostile);
    const back = (await cache.get('x')) as Record<string, unknown>;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    await context.admin('DEL', entryKey('x'));
    await context.admin('LPUSH', entryKey('x'), 'precious');
    await expect(cache.getOrSet('x', () => 1)).rejects.toMatchObject({ code: 'WRONGTYPE' });
    expect(await context.admin('LRANGE', entryKey('x'), 0, -1)).toEqual(['precious']);
    await context.admin('DEL', entryKey('x'));
  });

  test('what a caller gets cannot be changed under the others', async () => {
    const cache = await made<{ list: number[] }>();
    const own = { list: [1] };
    expect(await cache.getOrSet('x', () => own)).toBe(own);
    own.list.push(2);
    expect(await cache.get('x')).toEqual({ list: [1] });
    expect(() => cache.peek('x')?.list.push(3)).toThrow(TypeError);
    const cloned = await made<{ list: number[] }>({ local: { values: 'cloned' } });
    await cloned.get('x');
    cloned.peek('x')?.list.push(3);
    expect(cloned.peek('x')).toEqual({ list: [1] });
  });

  test('explains a key: tiers, ages, lease, failure', async () => {
    const cache = await made<number>({ staleIfErrorMs: 5000, errorTtlMs: 5000 });
    expect(await cache.explain('x')).toMatchObject({ local: null, redis: null, lease: null, failure: null });
    await cache.getOrSet('x', () => 1);
    const fresh = await cache.explain('x');
    expect(fresh.redis).toMatchObject({
      grade: 'fresh',
      staleIfErrorMs: 5000,
      expired: false,
      clearedSince: false,
    });
    expect(fresh.redis?.leftMs).toBeGreaterThan(50_000);
    expect(fresh.local?.freshForMs).toBeGreaterThan(50_000);
    await cache.expire('x');
    expect((await cache.explain('x')).redis).toMatchObject({ grade: 'fallback', expired: true });
    const gate = createGate<number>();
    const started = createGate();
    const loading = cache.getOrSet('y', () => {
      started.open();
      return gate.opened;
    });
    await started.opened;
    expect((await cache.explain('y')).lease?.leftMs).toBeGreaterThan(5000);
    gate.fail(new Error('no luck'));
    await expect(loading).rejects.toThrow('no luck');
    expect((await cache.explain('y')).failure?.message).toBe('Error: no luck');
  });

  test('a loader may keep other times, or say that nothing is to be stored', async () => {
    const cache = await made<number>();
    await cache.getOrSet('short', ({ keepFor }) => {
      keepFor({ ttlMs: 40 });
      return 1;
    });
    expect(await context.admin('PTTL', entryKey('short'))).toBeLessThanOrEqual(40);
    await context.advance(50);
    expect(await cache.getOrSet('short', () => 2)).toBe(2);
    expect(
      await cache.getOrSet('never', ({ doNotCache }) => {
        doNotCache();
        return 1;
      }),
    ).toBe(1);
    expect(await context.admin('EXISTS', entryKey('never'))).toBe(0);
    expect(await cache.getOrSet('never', () => 2)).toBe(2);
  });

  test('costs: a hit is one round trip and no script; a miss two more commands of ours', async () => {
    const cache = await made<number>({ local: false });
    const own = (calls: Readonly<Record<string, number>>) =>
      Object.fromEntries(
        Object.entries(calls).filter(([name]) => ['get', 'mget', 'evalsha', 'eval', 'set'].includes(name)),
      );
    await cache.getOrSet('x', () => 1);
    const hit = own((await context.counts(() => cache.get('x'))).calls);
    expect(hit).toEqual(context.column.topology === 'cluster' ? { get: 1, mget: 1 } : { mget: 1 });
    // Whoever has a tier asks the log every half of its lease: not while this counts, however slow the machine is.
    const tiered = await made<number>({ l1LeaseMs: 600_000 });
    await tiered.get('x');
    expect(own((await context.counts(() => tiered.get('x'))).calls)).toEqual({});
    const miss = (await context.counts(() => cache.getOrSet('y', () => 1))).calls;
    expect(miss.evalsha).toBe(2);
  });

  test('refuses bad options by name, before anything is sent', async () => {
    const driver = await context.driver();
    const bad: Record<string, unknown>[] = [
      { ttlMs: 0 },
      { ttlMs: Number.NaN },
      { ttlMs: '5s' },
      { jitter: 1 },
      { name: 'a b' },
      { namespace: '{x}' },
      { leaseMs: 0 },
      { local: { maxEntries: 0 } },
      { local: { values: 'mine' } },
      { whenUnavailable: 'panic' },
      { maxValueBytes: -1 },
    ];
    for (const options of bad) {
      expect(() => createCache(driver, { ttlMs: 1000, ...options } as CacheOptions)).toThrow(/must/);
    }
    const cache = await made();
    await expect(cache.getOrSet('x', 5 as never)).rejects.toMatchObject({ argument: 'loader' });
    await expect(cache.getOrSet('x', () => 1, { ttlMs: -1 })).rejects.toMatchObject({ argument: 'ttlMs' });
  });

  test('a closed cache refuses, lets go of waiting callers, and gives its lease to others', async () => {
    const [a, b] = [await made<number>(), await made<number>()];
    const started = createGate<AbortSignal>();
    const loading = a.getOrSet('x', ({ signal }) => {
      started.open(signal);
      return new Promise<number>(() => undefined);
    });
    const refused = expect(loading).rejects.toMatchObject({ code: 'CLOSED' });
    const signal = await started.opened;
    await a.close();
    await a.close();
    await refused;
    expect(signal.aborted).toBe(true);
    expect(await b.getOrSet('x', () => 2)).toBe(2);
    await expect(a.get('x')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(a.peek('x')).toBeUndefined();
  });
}
