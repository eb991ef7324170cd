import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { keyOf, live, member, shopSessions, tokenOf, visitor } from './sample.js';

/** What a session is and how it is changed, on whatever the context runs on. */
export function sessionSuite(context: MatrixContext): void {
  it('is stored by the first save, and loaded by its token', async () => {
    const sessions = shopSessions(await context.driver());
    const session = sessions.start();
    expect(session.state).toBe('new');
    expect(await context.admin('DBSIZE')).toBe(0);
    session.set('cart', ['book']);
    expect(await session.save()).toEqual({ ok: true });
    const found = live(await sessions.load(tokenOf(session)));
    expect(found.data).toEqual({ cart: ['book'] });
    expect(found).toMatchObject({ state: 'live', user: null, publicId: session.publicId, changed: false });
  });

  it('trap 1: two requests that change different fields keep both changes', async () => {
    const [one, two] = [shopSessions(await context.driver()), shopSessions(await context.driver())];
    const token = tokenOf(await visitor(one));
    const [first, second] = [live(await one.load(token)), live(await two.load(token))];
    first.set('theme', 'dark');
    second.set('count', 1);
    second.delete('cart');
    expect(await Promise.all([first.save(), second.save()])).toEqual([{ ok: true }, { ok: true }]);
    expect(live(await one.load(token)).data).toEqual({ theme: 'dark', count: 1 });
  });

  it('trap 1: a use never writes data', async () => {
    const sessions = shopSessions(await context.driver(), { touchAfterMs: 0 });
    const token = tokenOf(await visitor(sessions));
    const counts = await context.counts(() => sessions.load(token));
    expect(counts.calls).toMatchObject({ evalsha: 1, hset: 1, pexpireat: 1 });
    expect(counts.calls.hdel).toBeUndefined();
  });

  it('a field changed only if unchanged: the second of two is refused, with nothing of it written', async () => {
    const sessions = shopSessions(await context.driver());
    const token = tokenOf(await visitor(sessions));
    const [first, second] = [live(await sessions.load(token)), live(await sessions.load(token))];
    for (const [session, count] of [
      [first, 1],
      [second, 2],
    ] as const) {
      session.set('count', count, { onlyIfUnchanged: true });
    }
    second.set('theme', 'light');
    expect(await first.save()).toEqual({ ok: true });
    expect(await second.save()).toEqual({ ok: false, reason: 'conflict', fields: ['count'] });
    expect(live(await sessions.load(token)).data).toEqual({ cart: ['book'], count: 1 });
    // After reading again it can decide anew.
    expect(await second.refresh()).toBe(true);
    expect(second.get('count')).toBe(1);
    second.set('count', 2, { onlyIfUnchanged: true });
    expect(await second.save()).toEqual({ ok: true });
    expect(live(await sessions.load(token)).data).toEqual({ cart: ['book'], count: 2, theme: 'light' });
  });

  it('trap 2: after a logout nothing saves, rotates, logs in or loads, on any process', async () => {
    const [one, two] = [shopSessions(await context.driver()), shopSessions(await context.driver())];
    const token = tokenOf(await member(one));
    const slow = await Promise.all([1, 2, 3].map(async () => live(await two.load(token))));
    expect(await live(await one.load(token)).destroy()).toBe(true);
    for (const session of slow) session.set('theme', 'dark');
    const over = { ok: false, reason: 'revoked' };
    expect(await slow[0]?.save()).toEqual(over);
    expect(await slow[1]?.regenerate()).toEqual(over);
    expect(await slow[2]?.login('ann')).toEqual(over);
    expect(await two.load(token)).toEqual(over);
    expect(await one.list('ann')).toEqual([]);
    expect(await slow[0]?.destroy()).toBe(false);
  });

  it('trap 2: a creation that arrives after the logout makes nothing', async () => {
    const driver = await context.driver();
    const session = shopSessions(driver).start();
    session.set('theme', 'dark');
    // The end overtakes the creation, as it may when the creation's connection broke.
    expect(await session.destroy()).toBe(false);
    expect(await context.admin('HGETALL', keyOf(session))).toEqual(['@', 'T1']);
    expect(await session.save()).toEqual({ ok: false, reason: 'revoked' });
  });

  it('trap 4: a hash without its marker is no session, and is left alone', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await visitor(sessions);
    const slow = live(await sessions.load(tokenOf(session)));
    await context.admin('DEL', keyOf(session));
    await context.admin('HSET', keyOf(session), '.theme', '"stub"');
    await context.admin('PEXPIRE', keyOf(session), 60_000);
    expect(await sessions.load(tokenOf(session))).toEqual({ ok: false, reason: 'ended' });
    slow.set('count', 1);
    expect(await slow.save()).toEqual({ ok: false, reason: 'ended' });
    expect(await context.admin('HGETALL', keyOf(session))).toEqual(['.theme', '"stub"']);
  });

  it('a key of a foreign type is no session, and stays untouched', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await visitor(sessions);
    const slow = live(await sessions.load(tokenOf(session)));
    await context.admin('SET', keyOf(session), 'precious', 'PX', 60_000);
    expect(await sessions.load(tokenOf(session))).toEqual({ ok: false, reason: 'unreadable' });
    slow.set('count', 1);
    expect(await slow.save()).toEqual({ ok: false, reason: 'unreadable' });
    await session.destroy();
    expect(await context.admin('GET', keyOf(session))).toBe('precious');
  });

  it('a creation overwrites nothing: what stands under its id stays, whatever it is', async () => {
    const sessions = shopSessions(await context.driver());
    const other = await visitor(sessions);
    const head = String(await context.admin('HGET', keyOf(other), '@')).replace(/^L1j1 1/, 'L1j1 7');
    const stands: readonly (readonly [string, string, ...string[]])[] = [
      ['SET', 'precious'],
      ['HSET', '.theme', '"stub"'],
      ['HSET', '@', head, 's', '0', '.theme', '"of another"'],
    ];
    for (const [command, ...rest] of stands) {
      const session = sessions.start();
      const key = keyOf(session);
      await context.admin(command, key, ...rest);
      await context.admin('PEXPIRE', key, 60_000);
      const before = await context.admin('DUMP', key);
      session.set('count', 1);
      expect(await session.save()).toEqual({ ok: false, reason: 'unreadable' });
      expect(await context.admin('DUMP', key)).toEqual(before);
    }
  });

  it('trap 6: an id that was not issued here is never adopted, and nobody is asked about it', async () => {
    const sessions = shopSessions(await context.driver());
    const token = tokenOf(await visitor(sessions));
    const strangers = shopSessions(await context.driver(), {
      secrets: [{ id: 'a', secret: 'x'.repeat(32) }],
    });
    const counts = await context.counts(async () => {
      for (const forged of ['', 'a', token.slice(0, -1), `${token}A`, tokenOf(strangers.start())]) {
        expect(await sessions.load(forged)).toEqual({ ok: false, reason: 'not-ours' });
      }
    });
    expect(counts.calls.evalsha ?? 0).toBe(0);
    // Signed, and never stored: absent, and absent it stays.
    const unborn = tokenOf(sessions.start());
    expect(await sessions.load(unborn)).toEqual({ ok: false, reason: 'ended' });
    expect(await context.admin('EXISTS', keyOf({ publicId: sessions.start().publicId }))).toBe(0);
  });

  it('trap 5: every key has a TTL to the millisecond, at most the idle time', async () => {
    const sessions = shopSessions(await context.driver(), { idleMs: 90_500 });
    const session = await visitor(sessions);
    const ttl = Number(await context.admin('PTTL', keyOf(session)));
    expect(ttl).toBeGreaterThan(60_000);
    expect(ttl).toBeLessThanOrEqual(90_500);
    await session.destroy();
    const tombstone = Number(await context.admin('PTTL', keyOf(session)));
    expect(tombstone).toBeGreaterThan(270_000);
    expect(tombstone).toBeLessThanOrEqual(300_000);
  });

  it('a use is written, and without one it ends after the idle time', async () => {
    const driver = await context.driver();
    const used = shopSessions(driver, { touchAfterMs: 0 });
    const session = await visitor(used);
    await context.advance(10);
    const times = live(await used.load(tokenOf(session))).times;
    expect(times?.seenMs).toBeGreaterThanOrEqual((times?.createdMs ?? 0) + 5);
    const short = shopSessions(driver, { idleMs: 100 });
    const token = tokenOf(await visitor(short));
    await context.advance(100);
    expect(await short.load(token)).toEqual({ ok: false, reason: 'ended' });
  });

  it('fields that JSON can hold come back as they were: __proto__ inside of values, empty names, unicode', async () => {
    const sessions = shopSessions(await context.driver());
    const session = sessions.start();
    const value = JSON.parse('{"__proto__":{"admin":true},"":0,"é😀":[null,true,"\\u0000"]}') as never;
    session.set('cart', value);
    await session.save();
    const back = live(await sessions.load(tokenOf(session))).get('cart');
    expect(JSON.stringify(back)).toBe(JSON.stringify(value));
    expect(Object.hasOwn({}, 'admin')).toBe(false);
    expect(() => (back as unknown as Record<string, number>).x).not.toThrow();
    expect(() => Object.assign(back as object, { x: 1 })).toThrow(TypeError);
  });

  it('limits of fields and bytes hold for the session, however many requests add to it', async () => {
    const sessions = shopSessions(await context.driver(), { maxFields: 3, maxBytes: 100 });
    const token = tokenOf(await visitor(sessions));
    const [one, two] = [live(await sessions.load(token)), live(await sessions.load(token))];
    one.set('theme', 'x');
    two.set('count', 1);
    two.set('n1', 1);
    expect(await one.save()).toEqual({ ok: true });
    await expect(two.save()).rejects.toMatchObject({ code: 'SESSION_LIMIT', limit: 'fields' });
    expect(live(await sessions.load(token)).data).toEqual({ cart: ['book'], theme: 'x' });
    const three = live(await sessions.load(token));
    three.set('theme', 'é'.repeat(50));
    const counts = await context.counts(() => expect(three.save()).rejects.toMatchObject({ limit: 'bytes' }));
    expect(counts.calls.evalsha ?? 0).toBe(0);
  });
}
