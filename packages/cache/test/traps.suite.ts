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

  test('foreign data at the key of the log is left as it is where the cache has no record, too', async () => {
    const cache = await made<number>({ name: 'late', local: false });
    const log = cacheKeys.in('pk').log('late');
    const refused = async (code: string): Promise<void> => {
      const acts = [
        () => cache.getOrSet('x', () => 1),
        () => cache.getOrSet('x', () => 1, { tags: ['t'] }),
        () => cache.set('x', 1),
        () => cache.remove('x'),
      ];
      for (const act of acts) await expect(act()).rejects.toMatchObject({ code });
    };
    await context.admin('SET', log, 'not ours', 'PX', 600_000);
    await refused('WRONGTYPE');
    expect(String(await context.admin('GET', log))).toBe('not ours');
    for (const foreign of [
      ['1-1', 'key', 'x'],
      ['1-0', 'sold', 'knife'],
      ['1-0', 'key', 'x', 'key', 'y'],
    ]) {
      await context.admin('DEL', log);
      await context.admin('XADD', log, ...foreign);
      await context.admin('PEXPIRE', log, 600_000);
      await refused('FOREIGN');
      expect(await context.admin('XLEN', log)).toBe(1);
    }
    await context.admin('DEL', log);
    expect(await cache.getOrSet('x', () => 2)).toBe(2);
    // Somebody else's stream in the place of a log that was lost: ahead of the record or behind it, and not ours.
    await cache.remove('y');
    for (const id of ['1700000000000-0', '0-1']) {
      await context.admin('DEL', log);
      await context.admin('XADD', log, id, 'sold', 'knife');
      await context.admin('PEXPIRE', log, 600_000);
      await expect(cache.remove('x')).rejects.toMatchObject({ code: 'FOREIGN' });
      expect(await context.admin('XLEN', log)).toBe(1);
    }
    await context.admin('DEL', log);
    await cache.remove('x');
    expect(await cache.get('x')).toBeUndefined();
  });

  test('a record that none of ours can read is made anew', async () => {
    const cache = await made<number>({ name: 'odd' });
    const record = cacheKeys.in('pk').record('odd');
    for (const text of ['abc 1 2 3', 'a,b.c;d! 1 2 3', 'nothing', '']) {
      await context.admin('SET', record, text);
      expect(await cache.getOrSet('x', () => 1)).toBe(1);
      await cache.remove('x');
    }
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
