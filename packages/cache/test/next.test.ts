import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextCacheHandler, nextUseCacheHandler } from '../src/next.js';
import {
  type CacheHandler,
  type CacheHandlers,
  type IncrementalCacheValue,
  stalenessOf,
} from './next-contract.js';
import { createGate, createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

const stream = (text: string) => new Blob([text]).stream() as ReadableStream<Uint8Array>;
const textOf = (value: ReadableStream<Uint8Array>) => new Response(value as never).text();
const entry = (text: string, tags: string[] = []) => ({
  value: stream(text),
  tags,
  stale: 30,
  timestamp: 1000,
  expire: 3600,
  revalidate: 60,
});
/** Two instances of one service. */
const instances = (): CacheHandlers[] =>
  [1, 2].map(() => nextUseCacheHandler(stage.cache<unknown>({ name: 'next', ttlMs: 86_400_000 })));

describe("'use cache': two instances", () => {
  it('what one stores the other reads, with its times and tags', async () => {
    const [a, b] = instances();
    await a?.set('page', Promise.resolve(entry('hello', ['posts'])));
    const found = await b?.get('page', []);
    expect(await textOf(found?.value as ReadableStream<Uint8Array>)).toBe('hello');
    expect(found).toMatchObject({
      tags: ['posts'],
      stale: 30,
      timestamp: 1000,
      expire: 3600,
      revalidate: 60,
    });
    expect(await b?.get('other', [])).toBeUndefined();
    expect(await a?.getExpiration(['posts'])).toBe(Number.POSITIVE_INFINITY);
    await a?.refreshTags();
  });

  it('an updated tag counts on the other with its next read, for every page that bears it', async () => {
    const [a, b] = instances();
    for (const page of ['one', 'two']) await a?.set(page, Promise.resolve(entry(page, ['posts'])));
    await a?.set('three', Promise.resolve(entry('three', ['users'])));
    await b?.updateTags(['posts']);
    expect([await a?.get('one', []), await a?.get('two', [])]).toEqual([undefined, undefined]);
    expect(await a?.get('three', [])).toBeDefined();
  });

  it('a soft tag (a path) takes what was stored before its update, and nothing stored after', async () => {
    const [a, b] = instances();
    const soft = ['_N_T_/blog'];
    // As Next asks: first there is nothing, then it is made.
    expect(await a?.get('page', soft)).toBeUndefined();
    await a?.set('page', Promise.resolve(entry('old')));
    expect(await b?.get('page', soft)).toBeDefined();
    // Nobody knows what a tag did that was never asked for: a miss, until it is made anew.
    expect(await b?.get('page', ['_N_T_/other'])).toBeUndefined();
    await b?.updateTags(soft);
    expect(await a?.get('page', soft)).toBeUndefined();
    await a?.set('page', Promise.resolve(entry('new')));
    const found = await b?.get('page', soft);
    expect(await textOf(found?.value as ReadableStream<Uint8Array>)).toBe('new');
  });

  it('with a duration an entry is served once more, to be made anew', async () => {
    const [a, b] = instances();
    await a?.set('page', Promise.resolve(entry('old', ['posts'])));
    await b?.updateTags(['posts'], { expire: 3600 });
    expect(await a?.get('page', [])).toMatchObject({ revalidate: -1 });
    // Stale, for as long as anything is: with durations that say no more than that, too.
    await a?.set('page', Promise.resolve(entry('new', ['posts'])));
    await b?.updateTags(['posts'], {});
    expect(await a?.get('page', [])).toMatchObject({ revalidate: -1 });
    await b?.updateTags(['posts'], { expire: 0 });
    expect(await a?.get('page', [])).toBeUndefined();
  });

  it('a read waits for a set under way; one that fails stores nothing', async () => {
    const [a] = instances();
    const gate = createGate<ReturnType<typeof entry>>();
    const setting = a?.set('page', gate.opened);
    const reading = a?.get('page', []);
    gate.open(entry('late'));
    await setting;
    expect(await textOf((await reading)?.value as ReadableStream<Uint8Array>)).toBe('late');
    await a?.set('bad', Promise.reject(new Error('render failed')));
    expect(await a?.get('bad', [])).toBeUndefined();
    await a?.set('dynamic', Promise.resolve({ ...entry('never twice'), expire: 0 }));
    expect(await a?.get('dynamic', [])).toBeUndefined();
  });

  it('trap 11: Redis gone: reads miss and sets are dropped within the deadline', async () => {
    const cache = stage.cache<unknown>({ name: 'next', deadlineMs: 100 });
    const handler = nextUseCacheHandler(cache);
    stage.redis.faults.pause();
    const both = Promise.all([handler.get('page', []), handler.set('page', Promise.resolve(entry('x')))]);
    let done = false;
    void both.then(() => {
      done = true;
    });
    for (let turns = 0; turns < 20 && !done; turns++) await stage.clock.advance(100);
    expect(await both).toEqual([undefined, undefined]);
    stage.redis.faults.resume();
  });
});

describe('cacheHandler (pages, routes, fetches)', () => {
  it('keeps pages with their buffers, and revalidates by tag and path on every instance', async () => {
    const caches = [1, 2].map(() =>
      stage.cache<unknown>({ name: 'pages', ttlMs: 86_400_000, staleIfErrorMs: 86_400_000 }),
    );
    const [a, b] = caches.map(
      (cache): CacheHandler => new (nextCacheHandler<IncrementalCacheValue>(cache, stage.clock))(),
    ) as [CacheHandler, CacheHandler];
    const page = {
      kind: 'APP_PAGE',
      html: '<p>',
      rscData: Buffer.from('rsc'),
      segmentData: new Map([['/x', Buffer.from('seg')]]),
      headers: { 'x-next-cache-tags': 'posts,_N_T_/blog' },
      postponed: undefined,
      status: 200,
    } as const;
    const asPage = { kind: 'APP_PAGE', isFallback: false } as const;
    const times = { revalidate: 60, expire: 3600 };
    await a.set('/blog', page, { cacheControl: times });
    const found = await b.get('/blog', asPage);
    expect(found?.value).toEqual(page);
    expect(Buffer.isBuffer((found?.value as { rscData?: unknown })?.rscData)).toBe(true);
    expect(found?.lastModified).toBe(stage.clock.now());
    // Another instance knows the times of what it did not render.
    expect(found?.cacheControl).toEqual(times);
    await b.revalidateTag('_N_T_/blog');
    expect(await a.get('/blog', asPage)).toBeNull();
    const fetched: IncrementalCacheValue = {
      kind: 'FETCH',
      data: { headers: {}, body: 'x', url: '/' },
      tags: ['users'],
      revalidate: 5,
    };
    await a.set('fetch', fetched, { fetchCache: true, tags: ['users'] });
    const asFetch = { kind: 'FETCH' as const, tags: ['users'], softTags: [] };
    expect((await b.get('fetch', asFetch))?.value).toEqual(fetched);
    await b.revalidateTag('users', { expire: 60 });
    const stale = await a.get('fetch', asFetch);
    expect((stage.clock.now() - (stale?.lastModified ?? 0)) / 1000).toBeGreaterThan(5);
    await a.set('none', null, {});
    expect((await b.get('none', asPage))?.value).toBeNull();
    a.resetRequestCache();
  });

  it('Next serves what a tag made stale once more and makes it anew, whatever times it has; else it makes it first', async () => {
    const cache = stage.cache<unknown>({ name: 'pages', ttlMs: 86_400_000, local: false });
    const handler: CacheHandler = new (nextCacheHandler<IncrementalCacheValue>(cache, stage.clock))();
    const page = { kind: 'PAGES', html: '<p>', pageData: {}, status: 200 } as const;
    const cases = [
      [{ revalidate: 60, expire: 3600 }, true],
      [{ revalidate: 0.5, expire: undefined }, true],
      [{ revalidate: 60, expire: 60 }, -1],
      [{ revalidate: false, expire: undefined }, -1],
      [undefined, -1],
    ] as const;
    for (const [i, [cacheControl, after]] of cases.entries()) {
      const headers = { 'x-next-cache-tags': `t${i}` };
      await handler.set(`${i}`, { ...page, headers }, cacheControl === undefined ? {} : { cacheControl });
      const read = async () => {
        const found = await handler.get(`${i}`, { kind: 'PAGES', isFallback: false });
        return found && stalenessOf(found, stage.clock.now());
      };
      expect(await read()).toBeUndefined();
      await handler.revalidateTag(`t${i}`, { expire: 60 });
      expect(await read()).toBe(after);
    }
  });
});
