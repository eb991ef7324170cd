import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { cacheKeys } from '../src/index.js';
import { createCases } from './cases.js';
import { createGate } from './stage.js';

/** Tags, and invalidations that are made everywhere, on whatever the context runs on. */
export function tagsSuite(context: MatrixContext): void {
  const { made, until, test } = createCases(context);
  const keys = cacheKeys.in('pk');
  const ten = Array.from({ length: 10 }, (_, i) => `t${i}`);

  test('removing a tag takes every entry that bears it, in all processes, and no other', async () => {
    const [a, b] = [await made<number>(), await made<number>()];
    await a.getOrSet('x', () => 1, { tags: ['user:1', 'eu'] });
    await a.getOrSet('y', ({ tag }) => {
      tag('user:1');
      return 2;
    });
    await a.set('z', 3, { tags: ['eu'] });
    for (const cache of [a, b]) {
      expect([await cache.get('x'), await cache.get('y'), await cache.get('z')]).toEqual([1, 2, 3]);
    }
    await b.removeTags(['user:1'], { everywhere: true });
    for (const cache of [a, b]) {
      expect([cache.peek('x'), cache.peek('y'), cache.peek('z')]).toEqual([undefined, undefined, 3]);
      expect([await cache.get('x'), await cache.get('y'), await cache.get('z')]).toEqual([
        undefined,
        undefined,
        3,
      ]);
    }
    expect(await a.getOrSet('x', () => 10, { tags: ['user:1', 'eu'] })).toBe(10);
    expect(await b.get('x')).toBe(10);
  });

  test('an expired tag leaves fallbacks for loaders that fail, a removed one does not', async () => {
    const cache = await made<number>({ staleIfErrorMs: 60_000, errorTtlMs: 0 });
    const failing = () => Promise.reject(new Error('down'));
    const options = { tags: ['t'] };
    await cache.set('x', 1, options);
    await cache.expireTags(['t']);
    expect(await cache.get('x')).toBeUndefined();
    expect(await cache.getOrSet('x', failing, options)).toBe(1);
    await cache.set('x', 1, options);
    await cache.removeTags(['t']);
    await expect(cache.getOrSet('x', failing, options)).rejects.toThrow('down');
  });

  test('trap 1: a tag invalidated during a load wins, whether the call or the loader named it', async () => {
    for (const named of ['call', 'loader'] as const) {
      const [a, b] = [await made<string>(), await made<string>()];
      const gate = createGate<string>();
      const started = createGate();
      const options = named === 'call' ? { tags: ['t'] } : {};
      const loading = a.getOrSet(
        named,
        ({ tag }) => {
          if (named === 'loader') tag('t');
          started.open();
          return gate.opened;
        },
        options,
      );
      await started.opened;
      await b.removeTags(['t']);
      gate.open('old');
      expect(await loading).toBe('old');
      expect(await b.getOrSet(named, () => 'new', options)).toBe('new');
      expect(await a.getOrSet(named, () => 'newer', options)).toBe('new');
    }
  });

  test('trap 6: a tag whose record was lost is a miss, and what was stored before never comes back', async () => {
    const cache = await made<number>({ local: false });
    const options = { tags: ['t'] };
    await cache.set('x', 1, options);
    await cache.set('y', 1, options);
    await cache.removeTags(['t']);
    await cache.set('y', 2, options);
    expect(await cache.get('y', options)).toBe(2);
    await context.admin('DEL', keys.tag('default', 't'));
    expect([await cache.get('x', options), await cache.get('y')]).toEqual([undefined, undefined]);
    expect((await cache.explain('y')).redis?.tags).toEqual([
      { tag: 't', state: 'missing', invalidated: null },
    ]);
    expect(await cache.getOrSet('z', () => 3, options)).toBe(3);
    // The record is there again; what was loaded before it was lost is missed all the same.
    await cache.remove('other');
    await context.admin('DEL', keys.tag('default', 't'));
    expect(await cache.getOrSet('z', () => 4, options)).toBe(4);
    expect([await cache.get('x', options), await cache.get('z', options)]).toEqual([undefined, 4]);
  });

  test('trap 6: the record of a tag lives longer than the entries that bear it', async () => {
    const cache = await made<number>({ local: false, ttlMs: 7_200_000, staleIfErrorMs: 7_200_000 });
    await cache.getOrSet('x', () => 1, { tags: ['t'] });
    const left = async (): Promise<number> => Number(await context.admin('PTTL', keys.tag('default', 't')));
    expect(await left()).toBeGreaterThan(14_400_000);
    await cache.set('long', 1, { tags: ['t'], ttlMs: 86_400_000 });
    expect(await left()).toBeGreaterThan(86_400_000);
    await cache.removeTags(['t']);
    expect(await left()).toBeGreaterThan(86_400_000);
  });

  test('trap 7: of invalidations at once none is lost, and each is a version of its own', async () => {
    const [a, b] = [await made<number>({ local: false }), await made<number>({ local: false })];
    await a.set('x', 1, { tags: ['t'] });
    const position = async (): Promise<number> =>
      Number(String(await context.admin('GET', keys.record('default'))).split(' ')[1]);
    const before = await position();
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? a : b).removeTags(['t'])));
    expect(await position()).toBe(before + 20);
    expect(await a.get('x')).toBeUndefined();
  });

  test('trap 9: an entry that lacks a tag of the call is missed, and loaded with it', async () => {
    const cache = await made<number>();
    await cache.getOrSet('x', () => 1);
    const other = await made<number>();
    expect(await other.getOrSet('x', () => 2, { tags: ['late'] })).toBe(2);
    expect((await other.explain('x')).redis?.tags).toMatchObject([{ tag: 'late', state: 'valid' }]);
    await other.removeTags(['late']);
    expect(await other.getOrSet('x', () => 3)).toBe(3);
  });

  test('trap 9: the local tier, too, misses an entry that lacks a tag of the call, and the tag takes it', async () => {
    const cache = await made<string>();
    const options = { tags: ['t'] };
    const one = cache.merged<string>(({ keys: all }) => all.map((key) => [key, 'merged'] as const), options);
    const calls: [string, () => Promise<unknown>, unknown][] = [
      ['get', () => cache.get('k', options), undefined],
      ['getMany', async () => (await cache.getMany(['k'], options)).values.get('k'), undefined],
      ['getOrSet', () => cache.getOrSet('k', () => 'tagged', options), 'tagged'],
      [
        'getOrSetMany',
        async () =>
          (await cache.getOrSetMany(['k'], () => [['k', 'many'] as const], options)).values.get('k'),
        'many',
      ],
      ['merged', () => one('k'), 'merged'],
    ];
    for (const [name, call, expected] of calls) {
      await cache.remove('k');
      await cache.getOrSet('k', () => 'untagged');
      expect(cache.peek('k'), name).toBe('untagged');
      expect(await call(), name).toBe(expected);
    }
    expect(cache.peek('k')).toBe('merged');
    await cache.removeTags(['t'], { everywhere: true });
    expect(await cache.getOrSet('k', () => 'new', options)).toBe('new');
  });

  test('trap 9: nobody joins a load that lacks a tag of the call: it would not fall with it', async () => {
    const [a, b] = [await made<string>({ local: false }), await made<string>({ local: false })];
    const gate = createGate<string>();
    const started = createGate();
    const first = a.getOrSet(
      'k',
      () => {
        started.open();
        return gate.opened;
      },
      { tags: ['a'] },
    );
    await started.opened;
    await b.removeTags(['b']);
    const second = a.getOrSet('k', () => 'new', { tags: ['b'] });
    await context.advance(5);
    gate.open('old');
    expect([await first, await second]).toEqual(['old', 'new']);
  });

  test('costs: a hit with 10 declared tags is one round trip; undeclared ones take a second', async () => {
    const cache = await made<number>({ local: false });
    await cache.getOrSet('x', () => 1, { tags: ten });
    const reads = async (run: () => Promise<unknown>) => {
      const { calls } = await context.counts(run);
      return { get: calls.get ?? 0, mget: calls.mget ?? 0, evalsha: calls.evalsha ?? 0 };
    };
    const cluster = context.column.topology === 'cluster';
    const hit = await reads(() => cache.get('x', { tags: ten }));
    expect(hit).toEqual({ get: cluster ? 1 : 0, mget: 1, evalsha: 0 });
    const undeclared = await reads(() => cache.get('x'));
    expect(undeclared).toEqual({ get: cluster ? 1 : 0, mget: 2, evalsha: 0 });
    // Their records are there by now: a miss costs no more than without tags.
    const miss = await reads(() => cache.getOrSet('y', () => 1, { tags: ten }));
    expect(miss.evalsha).toBe(2);
    const { calls } = await context.counts(() => cache.removeTags(ten));
    expect(calls.evalsha).toBe(1);
  });

  test('everywhere: resolves when no other process serves the old, and without any at once', async () => {
    const alone = await made<number>({ name: 'alone', l1LeaseMs: 600_000 });
    await alone.getOrSet('x', () => 1);
    await alone.remove('x', { everywhere: true });
    // Who closed is not waited for.
    const gone = await made<number>({ name: 'alone', l1LeaseMs: 600_000 });
    await gone.getOrSet('x', () => 1);
    await gone.close();
    await alone.remove('x', { everywhere: true });
    const caches = await Promise.all(
      [1, 2, 3].map(() => made<number>({ l1LeaseMs: 600_000, deadlineMs: 10_000 })),
    );
    for (const cache of caches) await cache.getOrSet('warm', () => 1);
    // Told again and again until each has heard: from then on their channels are live.
    await until('all channels are live', async () => {
      await caches[0]?.remove('warm');
      return caches.every((cache) => cache.peek('warm') === undefined);
    });
    for (const act of ['remove', 'clear', 'removeTags'] as const) {
      await Promise.all(caches.map((cache) => cache.getOrSet(act, () => 1, { tags: ['t'] })));
      expect(caches.map((cache) => cache.peek(act))).toEqual([1, 1, 1]);
      const options = { everywhere: true };
      if (act === 'remove') await caches[0]?.remove(act, options);
      else if (act === 'clear') await caches[0]?.clear(options);
      else await caches[0]?.removeTags(['t'], options);
      // Ten minutes of lease have not passed: they confirmed.
      expect(caches.map((cache) => cache.peek(act))).toEqual([undefined, undefined, undefined]);
    }
  });

  test('everywhere: who does not answer is waited for until its lease has passed, or the signal says enough', async () => {
    const [a, b] = [await made<number>({ l1LeaseMs: 60 }), await made<number>({ l1LeaseMs: 60 })];
    await a.getOrSet('x', () => 1);
    await b.getOrSet('x', () => 1);
    // Somebody who died: among the processes, and silent.
    await context.admin('ZADD', keys.members('default'), '99999999999999', 'dead.AAAA.60');
    const started = context.clock.monotonic();
    const removed = a.remove('x', { everywhere: true });
    let done = false;
    void removed.then(() => {
      done = true;
    });
    await until('the lease has passed', () => done);
    expect(await removed).toBe(true);
    expect(context.clock.monotonic() - started).toBeGreaterThanOrEqual(60);
    expect(b.peek('x')).toBeUndefined();
    await context.admin('ZADD', keys.members('default'), '99999999999999', 'dead.AAAA.600000');
    const controller = new AbortController();
    const waiting = expect(
      a.remove('x', { everywhere: true, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    await context.advance(50);
    controller.abort();
    await waiting;
    await context.admin('DEL', keys.members('default'));
  });

  test('several keys, tags and everything in one invalidation; bad ones are refused before anything is sent', async () => {
    // No round of the log is due while this counts.
    const cache = await made<number>({ l1LeaseMs: 600_000 });
    for (const key of ['a', 'b', 'c']) await cache.set(key, 1, { tags: key === 'c' ? ['t'] : [] });
    const { calls } = await context.counts(() => cache.invalidate({ keys: ['a', 'b', 'a'], tags: ['t'] }));
    expect(calls.evalsha).toBe(3);
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await expect(cache.invalidate({ act: 'forget' as never, all: true })).rejects.toMatchObject({
      argument: 'act',
    });
    await expect(cache.removeTags('t' as never)).rejects.toMatchObject({ argument: 'tags' });
    await expect(cache.set('x', 1, { tags: [''] })).rejects.toMatchObject({ argument: 'tag' });
    const many = Array.from({ length: 129 }, (_, i) => `t${i}`);
    await expect(cache.get('x', { tags: many })).rejects.toMatchObject({ argument: 'tags' });
    const odd = ['a b', 'a:b', '{x}', '*', 'é', 'x'.repeat(1000)];
    await cache.set('odd', 1, { tags: odd });
    for (const tag of odd) {
      expect(await cache.getOrSet('odd', () => 1, { tags: odd })).toBe(1);
      await cache.removeTags([tag]);
      expect(await cache.get('odd', { tags: odd })).toBeUndefined();
    }
  });
}
