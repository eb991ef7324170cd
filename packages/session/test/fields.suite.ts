import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { keyOf, live, member, secretA, secretB, shopSessions, tokenOf, visitor } from './sample.js';

/** Fields with a life of their own, sealed fields, flash messages and the token against forged requests. */
export function fieldsSuite(context: MatrixContext): void {
  it('a field with a time of its own is gone after it, and the next save takes it off the server', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await visitor(sessions);
    session.set('theme', 'dark', { ttlMs: 60 });
    session.set('count', 1, { ttlMs: '1h' });
    expect(session.get('theme')).toBe('dark');
    await session.save();
    const early = live(await sessions.load(tokenOf(session)));
    expect(early.get('count')).toBe(1);
    await context.advance(80);
    expect(session.get('theme')).toBeUndefined();
    expect(early.data).toEqual({ cart: ['book'], count: 1 });
    const late = live(await sessions.load(tokenOf(session)));
    expect(late.data).toEqual({ cart: ['book'], count: 1 });
    expect(await context.admin('HEXISTS', keyOf(session), '.theme')).toBe(1);
    late.set('count', 2);
    await late.save();
    expect(await context.admin('HEXISTS', keyOf(session), '.theme')).toBe(0);
    expect(await context.admin('HGET', keyOf(session), '.count')).toBe('2');
  });

  it('a field that ran out counts as absent for a condition, and one that was set anew does not', async () => {
    const sessions = shopSessions(await context.driver());
    const session = sessions.start();
    session.set('count', 1, { ttlMs: 40 });
    await session.save();
    await context.advance(60);
    const [one, two] = [
      live(await sessions.load(tokenOf(session))),
      live(await sessions.load(tokenOf(session))),
    ];
    one.set('count', 2, { onlyIfUnchanged: true, ttlMs: '1h' });
    two.set('count', 3, { onlyIfUnchanged: true });
    expect(await one.save()).toEqual({ ok: true });
    expect(await two.save()).toEqual({ ok: false, reason: 'conflict', fields: ['count'] });
    // What stands there with its time is known to who wrote it: the next condition fits.
    one.set('count', 4, { onlyIfUnchanged: true });
    expect(await one.save()).toEqual({ ok: true });
  });

  it('a field keeps its time through a login and a rotation', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await visitor(sessions);
    session.set('theme', 'dark', { ttlMs: '1h' });
    session.set('count', 1, { ttlMs: 30 });
    await session.login('ann');
    await session.regenerate();
    await context.advance(50);
    expect(live(await sessions.load(tokenOf(session))).data).toEqual({ cart: ['book'], theme: 'dark' });
    expect(await context.admin('HGET', keyOf(session), '.theme')).toMatch(/^@\d{13}:"dark"$/);
  });

  it('sealed fields: nothing of them is legible on the server, they survive a login and a new secret', async () => {
    const driver = await context.driver();
    const sealed = { sealed: ['theme'] } as const;
    const sessions = shopSessions(driver, sealed);
    const session = await visitor(sessions);
    session.set('theme', 'a very private theme');
    session.set('count', 1);
    await session.login('ann');
    const fields = (await context.admin('HGETALL', keyOf(session))) as string[];
    expect(fields.join('\n')).not.toContain('private');
    expect(fields[fields.indexOf('.theme') + 1]).toMatch(/^\$a\.[\w-]{50,}$/);
    expect(live(await sessions.load(tokenOf(session))).data).toEqual({
      cart: ['book'],
      theme: 'a very private theme',
      count: 1,
    });
    const next = shopSessions(driver, { ...sealed, secrets: [secretB, secretA] });
    expect(live(await next.load(tokenOf(session))).get('theme')).toBe('a very private theme');
  });

  it('sealed fields: one that was changed, or put under another name, makes no session; plain text in its place is nothing', async () => {
    const sessions = shopSessions(await context.driver(), { sealed: ['theme', 'count'] });
    const session = await visitor(sessions);
    session.set('theme', 'dark');
    session.set('count', 1);
    await session.save();
    const token = tokenOf(session);
    const [theme, count] = (await context.admin('HMGET', keyOf(session), '.theme', '.count')) as [
      string,
      string,
    ];
    const put = (field: string, text: string) => context.admin('HSET', keyOf(session), field, text);
    const flip = theme.at(-5) === 'A' ? 'B' : 'A';
    for (const forged of [
      count,
      theme.slice(0, -3),
      `${theme.slice(0, -5)}${flip}${theme.slice(-4)}`,
      '$',
      '$a.',
      '$b.x',
    ]) {
      await put('.theme', forged);
      expect(await sessions.load(token), forged).toEqual({ ok: false, reason: 'unreadable' });
    }
    await put('.theme', '"forged"');
    expect(live(await sessions.load(token)).data).toEqual({ cart: ['book'], count: 1 });
  });

  it('flash messages are shown once, in order, and those of parallel requests are all kept', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await visitor(sessions);
    const [one, two] = [
      live(await sessions.load(tokenOf(session))),
      live(await sessions.load(tokenOf(session))),
    ];
    one.flash('note', 'first');
    one.flash('note', { text: 'second' });
    two.flash('note', 'of another');
    two.flash('note.more', 'of another kind');
    await Promise.all([one.save(), two.save()]);
    const next = live(await sessions.load(tokenOf(session)));
    expect(next.data).toEqual({ cart: ['book'] });
    const shown = next.takeFlash('note');
    expect(shown).toHaveLength(3);
    expect(shown.filter((each) => each !== 'of another')).toEqual(['first', { text: 'second' }]);
    expect(next.takeFlash('note')).toEqual([]);
    await next.save();
    const last = live(await sessions.load(tokenOf(session)));
    expect([last.takeFlash('note'), last.takeFlash('note.more')]).toEqual([[], ['of another kind']]);
  });

  it('flash messages count towards the limits, and survive a login', async () => {
    const sessions = shopSessions(await context.driver(), { maxFields: 3 });
    const session = await visitor(sessions);
    session.flash('note', 1);
    await session.login('ann');
    session.flash('note', 2);
    await session.save();
    session.flash('note', 3);
    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_LIMIT', limit: 'fields' });
    expect(live(await sessions.load(tokenOf(session))).takeFlash('note')).toEqual([1, 2]);
  });

  it('the token against forged requests: of this session alone, through rotations, not through a login', async () => {
    const [one, two] = [shopSessions(await context.driver()), shopSessions(await context.driver())];
    const session = one.start();
    const token = session.csrfToken();
    expect(session.changed).toBe(true);
    await session.save();
    const same = live(await two.load(tokenOf(session)));
    same.requireCsrf(token);
    same.requireCsrf(same.csrfToken());
    expect(same.csrfToken()).not.toBe(same.csrfToken());
    const refused = { code: 'SESSION_CSRF', statusCode: 403 };
    const bad = (given: unknown, by = same): void => {
      expect(() => by.requireCsrf(given)).toThrow(expect.objectContaining(refused));
    };
    for (const given of [
      '',
      undefined,
      null,
      5,
      {},
      token.slice(1),
      `${token}A`,
      `${token.slice(0, -2)}zz`,
      [token],
    ])
      bad(given);
    bad((await visitor(one)).csrfToken());
    await same.regenerate();
    same.requireCsrf(token);
    await same.login('ann');
    bad(token);
    const mine = same.csrfToken();
    await context.advance(5);
    bad(mine, await member(one));
    await same.destroy();
    bad(mine);
    expect(() => same.csrfToken()).toThrow(expect.objectContaining({ code: 'SESSION_STATE' }));
  });
}
