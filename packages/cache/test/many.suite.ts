import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { cacheKeys } from '../src/index.js';
import { createCases } from './cases.js';
import { createGate } from './stage.js';

/** Batches, on whatever the context runs on. */
export function manySuite(context: MatrixContext): void {
  const { made, until, test } = createCases(context);
  const entryKey = (key: string) => cacheKeys.in('pk').entry(['default', key]);
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${i}`);

  test('the bulk loader is called once, with the missing keys alone', async () => {
    const [a, b] = [await made<number>(), await made<number>()];
    await a.set('k1', 1);
    await b.getOrSet('k2', () => 2);
    expect(await a.getOrSet('k0', () => 0)).toBe(0);
    const asked: (readonly string[])[] = [];
    const { values, failures } = await a.getOrSetMany(['k0', 'k1', 'k2', 'k3', 'k4', 'k3'], ({ keys }) => {
      asked.push(keys);
      return new Map(keys.map((key) => [key, 10 + Number(key.slice(1))]));
    });
    expect(asked).toEqual([['k3', 'k4']]);
    expect(Object.fromEntries(values)).toEqual({ k0: 0, k1: 1, k2: 2, k3: 13, k4: 14 });
    expect(failures.size).toBe(0);
    const read = await b.getMany(['k3', 'k4', 'k5']);
    expect(Object.fromEntries(read.values)).toEqual({ k3: 13, k4: 14 });
    expect((await a.getOrSetMany([], () => [])).values.size).toBe(0);
  });

  test('each key has its own failure, times, tags and null; the others are stored', async () => {
    const cache = await made<number | null>({ errorTtlMs: 60_000 });
    const failed = new Error('k1 is broken');
    const { values, failures } = await cache.getOrSetMany<number | null>(
      ['k0', 'k1', 'k2', 'k3', 'k4'],
      async ({ fail, value }) => {
        fail('k1', failed);
        value('k0').tag('first');
        value('k3').doNotCache();
        expect(() => value('other')).toThrow(/must be one of those/);
        return [
          ['k0', 0],
          ['k3', 3],
          ['k4', null],
        ];
      },
      { tags: ['all'] },
    );
    expect(Object.fromEntries(values)).toEqual({ k0: 0, k3: 3, k4: null });
    expect(failures.get('k1')).toBe(failed);
    expect(failures.get('k2')).toMatchObject({ code: 'UNDEFINED_VALUE' });
    expect(await context.admin('EXISTS', entryKey('k3'))).toBe(0);
    expect((await cache.explain('k0')).redis?.tags.map(({ tag }) => tag)).toEqual(['all', 'first']);
    await expect(cache.getOrSet('k1', () => 1)).rejects.toMatchObject({ code: 'LOAD_FAILED' });
    await cache.removeTags(['first']);
    expect(await cache.get('k0')).toBeUndefined();
    expect(await cache.get('k4')).toBeNull();
    const all = await cache.getOrSetMany(['k7', 'k8'], () => Promise.reject(failed));
    expect([all.failures.get('k7'), all.failures.get('k8')]).toEqual([failed, failed]);
  });

  test('two batches at once: each key is loaded by one of them', async () => {
    const [a, b] = [await made<string>(), await made<string>()];
    await Promise.all([a.getOrSet('warm a', () => ''), b.getOrSet('warm b', () => '')]);
    const loaded: string[] = [];
    const loader =
      (by: string) =>
      ({ keys }: { readonly keys: readonly string[] }) => {
        loaded.push(...keys);
        return keys.map((key) => [key, by] as const);
      };
    const keys = numbered(40);
    const [one, other] = await Promise.all([
      a.getOrSetMany(keys.slice(0, 30), loader('a')),
      b.getOrSetMany(keys.slice(10), loader('b')),
    ]);
    expect([one.values.size, other.values.size]).toEqual([30, 30]);
    expect([...loaded].sort()).toEqual([...keys].sort());
    for (const key of keys.slice(10, 30)) expect(one.values.get(key)).toBe(other.values.get(key));
  });

  test('trap 1: an invalidation during a bulk load refuses its key and no other', async () => {
    const [a, b] = [await made<string>(), await made<string>()];
    const gate = createGate();
    const started = createGate();
    const loading = a.getOrSetMany(['k0', 'k1'], async ({ keys }) => {
      started.open();
      await gate.opened;
      return keys.map((key) => [key, 'old'] as const);
    });
    await started.opened;
    await b.remove('k0');
    gate.open();
    expect((await loading).values.size).toBe(2);
    const { values } = await b.getMany(['k0', 'k1']);
    expect(Object.fromEntries(values)).toEqual({ k1: 'old' });
    expect(a.stats().fillsRefused).toBe(1);
  });

  test('setMany writes all, tells everybody, and ends loads under way', async () => {
    const [a, b] = [await made<number>(), await made<number>()];
    const keys = numbered(120);
    await b.getOrSet('k0', () => -1);
    expect(b.peek('k0')).toBe(-1);
    const { calls } = await context.counts(() =>
      a.setMany(
        keys.map((key, i) => [key, i] as const),
        { tags: ['t'] },
      ),
    );
    // Each entry by itself, and two announcements of at most a hundred; the tag, and rounds of the log meanwhile.
    expect(calls.evalsha).toBeGreaterThanOrEqual(123);
    expect(calls.evalsha).toBeLessThan(160);
    await until('the other is told', () => b.peek('k0') === undefined);
    const { values } = await b.getMany(keys, { tags: ['t'] });
    expect([...values.values()].sort((x, y) => x - y)).toEqual(keys.map((_, i) => i));
    await b.removeTags(['t']);
    expect((await a.getMany(keys, { tags: ['t'] })).values.size).toBe(0);
    expect((await a.setMany([])).size).toBe(0);
  });

  test('costs: a batch of 100 is one MGET, or on a cluster one GET each, sent together', async () => {
    const cache = await made<number>({ local: false });
    const keys = numbered(100);
    await cache.setMany(keys.map((key, i) => [key, i] as const));
    const { calls } = await context.counts(() => cache.getMany(keys));
    const cluster = context.column.topology === 'cluster';
    expect([calls.mget, calls.get ?? 0]).toEqual(cluster ? [1, 100] : [1, 0]);
    // Calls of one turn share it too, 32 of them each, all sent at once.
    const turn = await context.counts(() => Promise.all(keys.slice(0, 32).map((key) => cache.get(key))));
    expect(turn.calls.mget).toBe(1);
    const turns = await context.counts(() => Promise.all(keys.map((key) => cache.get(key))));
    expect(turns.calls.mget).toBe(4);
  });

  test('merged: calls of one turn are one bulk load, and each has its own outcome', async () => {
    const cache = await made<number>();
    const asked: (readonly string[])[] = [];
    const failed = new Error('no c');
    const load = cache.merged<number>(({ keys, fail }) => {
      asked.push(keys);
      if (keys.includes('c')) fail('c', failed);
      return keys.map((key) => [key, key.charCodeAt(0)] as const);
    });
    const outcomes = await Promise.allSettled([load('a'), load('b'), load('c'), load('a')]);
    expect(asked).toEqual([['a', 'b', 'c']]);
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 97 },
      { status: 'fulfilled', value: 98 },
      { status: 'rejected', reason: failed },
      { status: 'fulfilled', value: 97 },
    ]);
    expect(await load('a')).toBe(97);
    expect(asked.length).toBe(1);
  });

  test('bad keys and loaders are refused before anything is sent', async () => {
    const cache = await made<number>();
    const { calls } = await context.counts(async () => {
      await expect(cache.getMany('k0' as never)).rejects.toMatchObject({ argument: 'keys' });
      await expect(cache.getMany(['k0', ''])).rejects.toMatchObject({ argument: 'key' });
      await expect(cache.getMany(numbered(10_001))).rejects.toMatchObject({ argument: 'keys' });
      await expect(cache.getOrSetMany(['k0'], 5 as never)).rejects.toMatchObject({ argument: 'loader' });
      await expect(cache.setMany([['k0', undefined as never]])).rejects.toMatchObject({ argument: 'value' });
      await expect(cache.setMany([['k0', (() => 1) as never]])).rejects.toMatchObject({ code: 'CODEC' });
    });
    expect(calls.evalsha ?? 0).toBe(0);
  });
}
