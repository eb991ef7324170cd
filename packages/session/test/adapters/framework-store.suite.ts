import { promisify } from 'node:util';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createFastifySessionStore } from '../../src/fastify-session.js';
import type { FrameworkStore, StoredSession } from '../../src/index.js';
import { createKeyRing } from '../../src/key-ring.js';
import { secretA, secretB } from '../sample.js';

type Store = ReturnType<typeof promised>;

/** The store's callbacks as promises. */
function promised(store: FrameworkStore) {
  return {
    get: promisify<string, StoredSession | null>(store.get as never),
    set: promisify<string, object, void>(store.set as never),
    touch: promisify<string, object, void>(store.touch as never),
    destroy: promisify<string, void>(store.destroy as never),
    all: promisify<StoredSession[]>(store.all as never),
    length: promisify<number>(store.length as never),
    clear: promisify<void>(store.clear as never),
    ids: promisify<string[]>(store.ids as never),
  };
}

const minute = 60_000;

/** The contract of a framework's store, on whatever the context runs on. */
export function frameworkStoreSuite(context: MatrixContext): void {
  const storeOn = async (options = {}): Promise<Store> =>
    promised(createFastifySessionStore(await context.driver(), { secrets: [secretA], ...options }));
  // Without a date: the clock of the memory column is moved by hand.
  const cookie = (maxAge = minute) => ({ originalMaxAge: maxAge, path: '/' });

  it('set, get, touch, all, length, ids, destroy, clear', async () => {
    const store = await storeOn();
    expect(await store.get('nobody')).toBeNull();
    await store.set('one', { cookie: cookie(), user: { id: 1 }, 'any name at all': [1] });
    await store.set('two', { cookie: cookie(), n: 2 });
    expect(JSON.parse(JSON.stringify(await store.get('one')))).toMatchObject({
      user: { id: 1 },
      'any name at all': [1],
    });
    expect(await store.length()).toBe(2);
    const ids = await store.ids();
    expect(ids).toHaveLength(2);
    const all = await store.all();
    expect(all.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(all.find(({ n }) => n === 2)).toEqual({
      cookie: expect.objectContaining({ path: '/' }),
      n: 2,
      id: expect.any(String),
    });
    await store.destroy('one');
    expect(await store.get('one')).toBeNull();
    expect(await store.length()).toBe(1);
    await store.clear();
    expect([await store.length(), await store.ids(), await store.get('two')]).toEqual([0, [], null]);
    await store.set('three', { cookie: cookie() });
    expect(await store.length()).toBe(1);
  });

  it('trap 1: requests that change different fields keep both, and a field taken away is gone', async () => {
    const [one, two] = [await storeOn(), await storeOn()];
    await one.set('sid', { cookie: cookie(), a: 1, b: 1, c: 1 });
    const [first, second] = [await one.get('sid'), await two.get('sid')] as [StoredSession, StoredSession];
    first.a = 2;
    delete first.c;
    second.b = 2;
    await Promise.all([one.set('sid', first), two.set('sid', second)]);
    expect(await one.get('sid')).toMatchObject({ a: 2, b: 2 });
    expect(await one.get('sid')).not.toHaveProperty('c');
    // Saved again in the same request: from what it wrote, not from what it loaded.
    first.a = 1;
    await one.set('sid', first);
    expect(await one.get('sid')).toMatchObject({ a: 1, b: 2 });
  });

  it('trap 2: what was destroyed or cleared while a request ran is not brought back by it', async () => {
    const [one, two] = [await storeOn(), await storeOn()];
    for (const end of [() => two.destroy('sid'), () => two.clear()]) {
      await one.set('sid', { cookie: cookie(), a: 1 });
      const slow = (await one.get('sid')) as StoredSession;
      await end();
      slow.a = 2;
      await one.set('sid', slow);
      await one.touch('sid', slow);
      expect([await two.get('sid'), await two.length()]).toEqual([null, 0]);
      await context.admin('FLUSHALL');
    }
    await one.set('sid', { cookie: cookie(), a: 1 });
    await one.destroy('sid');
    await one.set('sid', { cookie: cookie(), a: 1 });
    expect(await one.get('sid')).toBeNull();
  });

  it('trap 5: ends at the millisecond of its cookie; one that is over already is removed, and none lives for ever', async () => {
    const store = await storeOn();
    await store.set('short', { cookie: cookie(60) });
    await store.set('over', { cookie: cookie() });
    await store.set('over', { cookie: cookie(-1) });
    expect(await store.get('over')).toBeNull();
    await context.advance(80);
    expect([await store.get('short'), await store.length()]).toEqual([null, 0]);
    await store.set('plain', { cookie: {} });
    for (const key of (await context.admin('KEYS', '*')) as string[]) {
      expect(Number(await context.admin('PTTL', key))).toBeGreaterThan(0);
    }
  });

  it('a touch moves the end and the stored cookie, when it moved by enough, and nothing else', async () => {
    const store = await storeOn({ touchAfterMs: 1000 });
    await store.set('sid', { cookie: cookie(), a: 1 });
    const loaded = (await store.get('sid')) as StoredSession;
    const counts = await context.counts(async () => {
      await store.touch('sid', loaded);
      await store.set('sid', loaded);
    });
    expect(counts.calls.evalsha ?? 0).toBe(0);
    loaded.cookie = cookie(2 * minute);
    loaded.a = 2;
    await store.touch('sid', loaded);
    expect(await store.get('sid')).toMatchObject({ a: 1, cookie: { originalMaxAge: 2 * minute } });
    await store.touch('never', { cookie: cookie() });
    expect(await store.get('never')).toBeNull();
  });

  it('trap 7: neither ids nor data of other shapes: nothing at rest opens a session, nothing foreign is one', async () => {
    const store = await storeOn();
    await store.set('secret-id', { cookie: cookie(), a: 1 });
    const [{ tag, entry }] = createKeyRing([secretA]).placesOf('secret-id', 1024);
    const key = `pk:ses1:f:{${tag}}:${entry}`;
    expect(key).not.toContain('secret-id');
    expect(await context.admin('EXISTS', key)).toBe(1);
    await context.admin('HSET', key, '.a', '{broken');
    expect([await store.get('secret-id'), await store.all()]).toEqual([null, []]);
    await context.admin('HSET', key, '.a', '1', '@', 'D9x');
    expect(await store.get('secret-id')).toBeNull();
    await context.admin('SET', key, 'precious', 'PX', minute);
    await store.set('secret-id', { cookie: cookie() });
    await store.destroy('secret-id');
    expect([await store.get('secret-id'), await context.admin('GET', key)]).toEqual([null, 'precious']);
  });

  it('trap 13: under a new secret sessions are found, changed and ended where they are', async () => {
    const driver = await context.driver();
    const storeWith = (...secrets: (typeof secretA)[]) =>
      promised(createFastifySessionStore(driver, { secrets }));
    await storeWith(secretA).set('sid', { cookie: cookie(), a: 1 });
    const both = storeWith(secretB, secretA);
    const loaded = (await both.get('sid')) as StoredSession;
    loaded.a = 2;
    await both.set('sid', loaded);
    expect(await storeWith(secretA).get('sid')).toMatchObject({ a: 2 });
    await both.destroy('sid');
    expect(await storeWith(secretA).get('sid')).toBeNull();
  });

  it('trap 12: a namespace that is the beginning of another is counted and cleared alone; globs are refused', async () => {
    const [app, other] = [await storeOn({ namespace: 'app' }), await storeOn({ namespace: 'app1' })];
    await app.set('sid', { cookie: cookie() });
    await other.set('sid', { cookie: cookie() });
    const counts = await context.counts(() => app.clear());
    expect(counts.calls.scan).toBeUndefined();
    expect([await app.length(), await other.length()]).toEqual([0, 1]);
    await expect(storeOn({ namespace: 'app[1]' })).rejects.toMatchObject({ argument: 'namespace' });
  });

  it('trap 14: bad input comes as an error that names it, before anything is sent', async () => {
    const store = await storeOn({ maxFields: 2, maxBytes: 1000 });
    const counts = await context.counts(async () => {
      for (const bad of ['', 'x'.repeat(1025), 5, null]) {
        await expect(store.get(bad as never)).rejects.toMatchObject({ argument: 'id' });
      }
      const proto = JSON.parse('{"__proto__":{"admin":true}}') as object;
      await expect(store.set('sid', proto)).rejects.toMatchObject({ argument: 'session' });
      const circle: Record<string, unknown> = { cookie: cookie() };
      circle.self = circle;
      for (const bad of [null, 5, circle, { cookie: cookie(), n: 1n }]) {
        await expect(store.set('sid', bad as never)).rejects.toMatchObject({ argument: 'session' });
      }
      for (const bad of [
        { expires: 'tomorrow' },
        { originalMaxAge: Number.NaN },
        { originalMaxAge: Number.POSITIVE_INFINITY },
      ]) {
        await expect(store.set('sid', { cookie: bad })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    });
    expect(counts.calls.evalsha ?? 0).toBe(0);
    const limit = { code: 'SESSION_LIMIT', statusCode: 413 };
    await expect(store.set('sid', { cookie: cookie(), a: 1, b: 1, c: 1 })).rejects.toMatchObject({
      ...limit,
      limit: 'fields',
    });
    await expect(store.set('sid', { cookie: {}, a: 'x'.repeat(1000) })).rejects.toMatchObject({
      ...limit,
      limit: 'bytes',
    });
    expect(await store.get('sid')).toBeNull();
  });
}
