import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { cacheKeys } from '../src/index.js';
import { createCases } from './cases.js';

/** Traps that are about what travels between processes, on whatever the context runs on. */
export function trapsSuite(context: MatrixContext): void {
  const { made, until, test } = createCases(context);

  test('trap 4: an invalidation that is told again is not made again, whoever repeats it', async () => {
    const [a, b] = [await made<number>(), await made<number>()];
    const forgets = async (key: string): Promise<void> => {
      await until('the other is told', () => b.peek(key) === undefined);
      expect(b.peek(key)).toBeUndefined();
    };
    for (const key of ['x', 'y']) await b.getOrSet(key, () => 1, { tags: ['t'] });
    await a.remove('x');
    await forgets('x');
    await b.getOrSet('x', () => 2, { tags: ['t'] });
    const record = String(await context.admin('GET', cacheKeys.in('pk').record('default')));
    const [origin, position] = record.split(' ');
    for (const what of ['key x', 'remove-tag t', 'clear *'])
      await context.admin('PUBLISH', 'pk:ca1:news:default', `${origin} ${position} - ${what}`);
    await context.admin('PUBLISH', 'pk:ca1:news:default', 'nothing that anybody says');
    // One that is new, to know that those before were heard.
    await a.remove('y');
    await forgets('y');
    expect(b.peek('x')).toBe(2);
  });

  test('trap 5: a clear takes what expiring had left for failing loaders', async () => {
    const cache = await made<number>({ staleIfErrorMs: 60_000, errorTtlMs: 0 });
    const failing = () => Promise.reject(new Error('down'));
    await cache.set('x', 1, { tags: ['t'] });
    await cache.expire('x');
    expect(await cache.getOrSet('x', failing)).toBe(1);
    await cache.removeTags(['t']);
    await expect(cache.getOrSet('x', failing)).rejects.toThrow('down');
    await cache.set('x', 2);
    await cache.expireAll();
    expect(await cache.getOrSet('x', failing)).toBe(2);
    await cache.clear();
    await expect(cache.getOrSet('x', failing)).rejects.toThrow('down');
  });

  test('foreign data at the key of the log fails an invalidation, and is left as it is', async () => {
    const cache = await made<number>({ local: false });
    const log = cacheKeys.in('pk').log('default');
    await cache.set('x', 1);
    await cache.remove('y');
    await context.admin('SET', log, 'not ours', 'PX', 600_000);
    for (const act of [() => cache.remove('y'), () => cache.removeTags(['t']), () => cache.clear()])
      await expect(act()).rejects.toMatchObject({ code: 'WRONGTYPE' });
    expect(String(await context.admin('GET', log))).toBe('not ours');
    await context.admin('DEL', log);
    expect(await cache.get('x')).toBe(1);
    await cache.clear();
    expect(await cache.get('x')).toBeUndefined();
  });

  test('trap 17: nothing is watched, queued or scanned: single commands and scripts alone', async () => {
    const cache = await made<number>({ staleIfErrorMs: 1000 });
    const { calls } = await context.counts(async () => {
      await cache.getOrSet('x', () => 1, { tags: ['t'] });
      await cache.setMany([
        ['a', 1],
        ['b', 2],
      ]);
      await cache.getOrSetMany(['a', 'c'], ({ keys }) => keys.map((key) => [key, 3] as const));
      await cache.writeThrough('x', 4, async () => undefined);
      await cache.invalidate({ keys: ['a'], tags: ['t'] }, { everywhere: true });
      await cache.expireAll();
      await cache.clear();
    });
    const shunned = ['watch', 'multi', 'exec', 'scan', 'keys', 'flushall', 'flushdb', 'select'];
    expect(Object.keys(calls).filter((name) => shunned.includes(name))).toEqual([]);
    expect(calls.evalsha).toBeGreaterThan(10);
  });
}
