import { type MatrixContext, overFailovers } from '@penknife/matrix';
import { expect } from 'vitest';
import { cacheKeys } from '../src/index.js';
import { createCases } from './cases.js';

const keys = cacheKeys.in('pk');
const record = keys.record('default');
/** Keys whose entries lie in the slot of the cache's record, so that a primary of a cluster takes all of them with it. */
const [written, removed] = ['p17669', 'p30199'] as const;

function failoverSuite(context: MatrixContext): void {
  const { made, test, until } = createCases(context);

  test('after a failover that lost invalidations nothing old is given by those who knew, and what is removed then by nobody', async () => {
    // Both have a tier of their own, and ask the log four times a second.
    const options = { ttlMs: 600_000, jitter: 0, l1LeaseMs: 500, deadlineMs: 30_000 };
    const [a, b] = [await made<string>(options), await made<string>(options)];
    const observer = await context.driver({ deadlineMs: 30_000 });
    /** The bytes of an entry as the server has them. */
    const stored = (name: string): Promise<string> => {
      const key = keys.entry(['default', name]);
      return observer.send({ args: ['GET', key], key, read: String, repeatable: true });
    };
    /** Both ask for what is not there: one loads, and both have it. */
    async function loadedOnce(key: string, value: string): Promise<void> {
      let loads = 0;
      const load = async (): Promise<string> => {
        loads++;
        return value;
      };
      expect(await Promise.all([a.getOrSet(key, load), b.getOrSet(key, load)])).toEqual([value, value]);
      expect(loads).toBe(1);
    }
    for (const key of [written, removed])
      for (const cache of [a, b]) expect(await cache.getOrSet(key, () => 'known')).toBe('known');

    await context.faults.failOver?.(record, async () => {
      expect(await a.remove(removed)).toBe(true);
      await a.set(written, 'lost');
      await until('it heard of both', () => b.peek(removed) === undefined && b.peek(written) === undefined);
      expect(await b.get(removed)).toBeUndefined();
      expect([await a.get(written), await b.get(written)]).toEqual(['lost', 'lost']);
      expect(await stored(written)).toContain('lost');
      expect(await stored(removed)).toBe('null');
    });
    // The server has both as they were, and would give the positions that were lost a second time.
    expect(await stored(written)).toContain('known');
    expect(await stored(removed)).toContain('known');

    // Who knew of them, and asks, starts the cache over for all, and one of both loads.
    expect([await a.get(removed), await b.get(removed)]).toEqual([undefined, undefined]);
    await loadedOnce(removed, 'new');
    for (const cache of [a, b])
      await until(
        'its tier serves',
        async () => (await cache.get(removed)) === 'new' && cache.peek(removed) === 'new',
      );
    expect([a.peek(written), b.peek(written)]).toEqual([undefined, undefined]);
    await loadedOnce(written, 'new');

    for (const key of [written, removed]) {
      await a.remove(key, { everywhere: true });
      expect([a.peek(key), b.peek(key)]).toEqual([undefined, undefined]);
      expect([await b.get(key), await a.get(key)]).toEqual([undefined, undefined]);
      await loadedOnce(key, 'newer');
    }
    // One hears of the other as before.
    await b.set(written, 'newest');
    await until('it heard of the write', () => a.peek(written) !== 'newer');
    expect([await a.get(written), await b.get(written)]).toEqual(['newest', 'newest']);
  });
}

overFailovers('a cache and a failover', failoverSuite, cacheKeys);
