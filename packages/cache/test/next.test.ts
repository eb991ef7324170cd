import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextCacheHandler, nextUseCacheHandler } from '../src/next.js';
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
const instances = () =>
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
    const [A, B] = caches.map((cache) => nextCacheHandler(cache, stage.clock));
    const [a, b] = [A && new A(), B && new B()];
    const page = {
      kind: 'APP_PAGE',
      html: '<p>',
      rscData: Buffer.from('rsc'),
      segmentData: new Map([['/x', Buffer.from('seg')]]),
      headers: { 'x-next-cache-tags': 'posts,_N_T_/blog' },
    };
    await a?.set('/blog', page, { cacheControl: { revalidate: 60, expire: 3600 } });
    const found = await b?.get('/blog', { softTags: [] });
    expect(found?.value).toEqual(page);
    expect(Buffer.isBuffer(found?.value?.rscData)).toBe(true);
    expect(found?.lastModified).toBe(stage.clock.now());
    await b?.revalidateTag(['posts'], { expire: 60 });
    expect((await a?.get('/blog'))?.lastModified).toBe(0);
    await b?.revalidateTag('_N_T_/blog');
    expect(await a?.get('/blog')).toBeNull();
    await a?.set(
      'fetch',
      { kind: 'FETCH', data: { body: 'x' }, tags: ['users'], revalidate: 5 },
      { tags: ['users'] },
    );
    expect((await b?.get('fetch', { tags: ['users'] }))?.value).toMatchObject({ kind: 'FETCH' });
    await a?.set('none', null);
    expect((await b?.get('none'))?.value).toBeNull();
    a?.resetRequestCache();
  });
});
