import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import {
  keyOf,
  live,
  member,
  secretA,
  secretB,
  shopSessions,
  tokenOf,
  userKeyOf,
  visitor,
} from './sample.js';

/** Logins, devices, revocation and rotation, on whatever the context runs on. */
export function usersSuite(context: MatrixContext): void {
  const revoked = { ok: false, reason: 'revoked' };

  it('trap 6: a login gives a new id and keeps the data, also what was set in the same request', async () => {
    const sessions = shopSessions(await context.driver());
    const before = tokenOf(await visitor(sessions));
    const session = live(await sessions.load(before));
    session.set('theme', 'dark');
    expect(await session.login('ann')).toEqual({ ok: true });
    expect(tokenOf(session)).not.toBe(before);
    expect(session.user).toBe('ann');
    session.set('count', 1);
    expect(await session.save()).toEqual({ ok: true });
    const after = live(await sessions.load(tokenOf(session)));
    expect(after.data).toEqual({ cart: ['book'], theme: 'dark', count: 1 });
    expect(after.user).toBe('ann');
    expect(await sessions.load(before)).toEqual({ ok: false, reason: 'superseded' });
  });

  it('trap 6: whoever planted the id from before a login gets nothing of it, and cannot write into it', async () => {
    const sessions = shopSessions(await context.driver());
    const planted = tokenOf(await visitor(sessions));
    const attacker = live(await sessions.load(planted));
    const victim = live(await sessions.load(planted));
    await victim.login('ann');
    attacker.set('theme', 'mine');
    expect(await attacker.save()).toEqual({ ok: false, reason: 'superseded' });
    expect((await sessions.load(planted)).ok).toBe(false);
    expect(live(await sessions.load(tokenOf(victim))).data).toEqual({ cart: ['book'] });
  });

  it('trap 2: a logout beside a login ends what the login made', async () => {
    const sessions = shopSessions(await context.driver());
    const token = tokenOf(await visitor(sessions));
    const [login, logout] = [live(await sessions.load(token)), live(await sessions.load(token))];
    await login.login('ann');
    expect(await logout.destroy()).toBe(true);
    expect(await sessions.load(tokenOf(login))).toEqual(revoked);
    expect(await sessions.list('ann')).toEqual([]);
  });

  it('trap 8: the devices of a user, oldest first, in one command', async () => {
    const sessions = shopSessions(await context.driver());
    const phone = await member(sessions, 'ann', 'phone');
    await context.advance(5);
    const laptop = sessions.start();
    await laptop.login('ann', { address: '10.0.0.1', agent: 'x'.repeat(500), label: 'laptop' });
    await member(sessions, 'bob');
    const counts = await context.counts(async () => {
      const list = await sessions.list('ann');
      expect(list.map(({ publicId, label }) => [publicId, label])).toEqual([
        [phone.publicId, 'phone'],
        [laptop.publicId, 'laptop'],
      ]);
      expect(list[1]).toMatchObject({ address: '10.0.0.1', agent: 'x'.repeat(256) });
      expect(list[1]?.createdMs).toBe(laptop.times?.createdMs);
      expect(list[1]?.seenMs).toBe(laptop.times?.seenMs);
      expect(list[1]?.expiresMs).toBe((laptop.times?.seenMs ?? 0) + 30 * 60_000);
    });
    expect(counts.calls.evalsha).toBe(1);
    expect(counts.calls.scan).toBeUndefined();
  });

  it('revokes one session by its public id, and only for its own user when told whose it is', async () => {
    const sessions = shopSessions(await context.driver());
    const [first, second] = [await member(sessions), await member(sessions)];
    expect(await sessions.revoke(first.publicId, { user: 'bob' })).toBe(false);
    live(await sessions.load(tokenOf(first)));
    expect(await sessions.revoke(first.publicId, { user: 'ann' })).toBe(true);
    expect(await sessions.revoke(first.publicId)).toBe(false);
    expect(await sessions.load(tokenOf(first))).toEqual(revoked);
    live(await sessions.load(tokenOf(second)));
    expect(await sessions.list('ann')).toHaveLength(1);
  });

  it('what has run out is not said to be revoked, and stays to be told of', async () => {
    const sessions = shopSessions(await context.driver(), { idleMs: 30, touchAfterMs: 0, keepEndedMs: '1h' });
    const [one, two] = [await member(sessions), await member(sessions)];
    await context.advance(40);
    expect(await sessions.revoke(one.publicId, { user: 'ann' })).toBe(false);
    expect(await two.destroy()).toBe(false);
    const told: string[] = [];
    sessions.onExpired(({ publicId }) => void told.push(publicId), { everyMs: 10 });
    for (let i = 0; told.length < 2 && i < 1000; i++) await context.advance(5);
    expect(told.sort()).toEqual([one.publicId, two.publicId].sort());
    await sessions.close();
  });

  it('revokes everything of a user in one command, at once; a later login is not touched', async () => {
    const sessions = shopSessions(await context.driver());
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => member(sessions)));
    const slow = live(await sessions.load(tokenOf(all[0] as never)));
    const counts = await context.counts(() => sessions.revokeAll('ann'));
    expect(counts.calls).toMatchObject({ evalsha: 1, unlink: 1, publish: 1 });
    expect(counts.calls.hdel).toBeUndefined();
    const fresh = await member(sessions);
    for (const session of all) expect(await sessions.load(tokenOf(session))).toEqual(revoked);
    slow.set('theme', 'dark');
    expect(await slow.save()).toEqual(revoked);
    expect(slow.user).toBeNull();
    live(await sessions.load(tokenOf(fresh)));
    expect(await sessions.list('ann')).toHaveLength(1);
  });

  it('revokes all others, and stays', async () => {
    const sessions = shopSessions(await context.driver());
    const [mine, other] = [await member(sessions, 'ann', 'here'), await member(sessions)];
    expect(await mine.revokeOthers()).toBe(true);
    expect(await sessions.load(tokenOf(other))).toEqual(revoked);
    live(await sessions.load(tokenOf(mine)));
    expect((await sessions.list('ann')).map(({ label }) => label)).toEqual(['here']);
    expect(await other.revokeOthers()).toBe(false);
  });

  it('at the maximum a login evicts the oldest', async () => {
    const sessions = shopSessions(await context.driver(), { maxSessions: 2 });
    const made = [await member(sessions)];
    for (let i = 0; i < 2; i++) {
      await context.advance(2);
      made.push(await member(sessions));
    }
    const states = await Promise.all(made.map(async (each) => (await sessions.load(tokenOf(each))).ok));
    expect(states).toEqual([false, true, true]);
    expect(await sessions.list('ann')).toHaveLength(2);
  });

  it('at the maximum a login can be refused, and the visitor keeps the session', async () => {
    const sessions = shopSessions(await context.driver(), { maxSessions: 1, whenFull: 'refuse' });
    await member(sessions);
    const guest = await visitor(sessions);
    const before = tokenOf(guest);
    expect(await guest.login('ann')).toEqual({ ok: false, reason: 'full' });
    expect(tokenOf(guest)).toBe(before);
    expect(live(await sessions.load(before)).data).toEqual({ cart: ['book'] });
    guest.set('theme', 'dark');
    expect(await guest.save()).toEqual({ ok: true });
    // Logging in again from the user's own session takes its place.
    await sessions.revokeAll('ann');
    expect(await guest.login('ann')).toEqual({ ok: true });
    expect(await guest.login('ann')).toEqual({ ok: true });
    expect(await sessions.list('ann')).toHaveLength(1);
    expect(guest.data).toEqual({ cart: ['book'], theme: 'dark' });
  });

  it('maximum under fire: 20 logins at once from 4 processes leave exactly the maximum', async () => {
    const all = await Promise.all(
      [1, 2, 3, 4].map(async () => shopSessions(await context.driver(), { maxSessions: 3 })),
    );
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => member(all[i % 4] as never)));
    const states = await Promise.all(made.map(async (each) => (await all[0]?.load(tokenOf(each)))?.ok));
    expect(states.filter(Boolean)).toHaveLength(3);
    expect(await all[0]?.list('ann')).toHaveLength(3);
  });

  it('regenerate: new id, data kept, and requests under the old id lose nothing within the overlap', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await member(sessions, 'ann', 'phone');
    const before = tokenOf(session);
    const parallel = live(await sessions.load(before));
    session.set('theme', 'dark');
    expect(await session.regenerate({ fresh: true })).toEqual({ ok: true });
    expect(tokenOf(session)).not.toBe(before);
    const late = live(await sessions.load(before));
    expect(late.data).toEqual({ theme: 'dark' });
    expect(late.token).toBeNull();
    parallel.set('count', 7);
    expect(await parallel.save()).toEqual({ ok: true });
    expect(live(await sessions.load(tokenOf(session))).data).toEqual({ theme: 'dark', count: 7 });
    expect((await sessions.list('ann')).map(({ publicId, label }) => [publicId, label])).toEqual([
      [session.publicId, 'phone'],
    ]);
    // A logout that came in under the old id ends the session under the new one.
    expect(await parallel.destroy()).toBe(true);
    expect(await sessions.load(tokenOf(session))).toEqual(revoked);
    expect(await sessions.load(before)).toEqual(revoked);
  });

  it('regenerate twice at once: one rotation, one token, and both are done', async () => {
    const [one, two] = [shopSessions(await context.driver()), shopSessions(await context.driver())];
    const before = await member(one);
    const token = tokenOf(before);
    const both = [live(await one.load(token)), live(await two.load(token))];
    for (const [i, session] of both.entries()) session.set(`n${i}`, i);
    const outcomes = await Promise.all(both.map((session) => session.regenerate({ fresh: true })));
    expect(outcomes).toEqual([{ ok: true }, { ok: true }]);
    const tokens = both.map((session) => session.token).filter((each) => each !== null);
    expect(tokens).toHaveLength(1);
    expect(tokens[0]).not.toBe(token);
    expect(live(await one.load(tokens[0] as string)).data).toEqual({ n0: 0, n1: 1 });
    expect(new Set(both.map(({ publicId }) => publicId)).size).toBe(1);
    expect(await one.list('ann')).toHaveLength(1);
    for (const session of both) session.requireFresh('5s');
  });

  it('whoever comes by an id that was rotated away can rotate no further, and gets no token', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await member(sessions);
    const stolen = tokenOf(session);
    await session.regenerate();
    const thief = live(await sessions.load(stolen));
    expect(await thief.regenerate({ fresh: true })).toEqual({ ok: true });
    expect(thief.token).toBeNull();
    expect(thief.publicId).toBe(session.publicId);
    live(await sessions.load(tokenOf(session)));
  });

  it('an old id after its overlap is a replay: told, and on request everything it became ends', async () => {
    const events: unknown[] = [];
    for (const replay of ['report', 'revoke'] as const) {
      const sessions = shopSessions(await context.driver(), {
        overlapMs: 20,
        replay,
        onReplay(event) {
          events.push(event);
          throw new Error('a listener of bad manners');
        },
      });
      const session = await visitor(sessions);
      const stolen = tokenOf(session);
      await session.regenerate();
      const next = session.publicId;
      await session.login('ann');
      await context.advance(30);
      expect(await sessions.load(stolen)).toEqual({ ok: false, reason: 'replayed' });
      expect(events).toEqual([{ publicId: next, revoked: replay === 'revoke' }]);
      expect((await sessions.load(tokenOf(session))).ok).toBe(replay === 'report');
      events.length = 0;
    }
  });

  it('trap 7: neither ids nor users nor tokens appear in a key or a value', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await member(sessions, 'ann@example.org');
    await session.regenerate();
    const id = tokenOf(session).split('.')[1] ?? '';
    const keys = (await context.admin('HGETALL', keyOf(session))) as string[];
    const list = (await context.admin('HGETALL', userKeyOf(session))) as string[];
    expect(keys).toContain('ann@example.org');
    const everything = [keyOf(session), userKeyOf(session), ...keys, ...list].join('\n');
    expect(everything).not.toContain(id.slice(16));
    expect([keyOf(session), userKeyOf(session), ...list].join('\n')).not.toContain('ann');
    const { inspect } = await import('node:util');
    expect(inspect(session, { depth: 9, showHidden: true }) + JSON.stringify(session)).not.toContain(
      id.slice(16),
    );
  });

  it('trap 13: a new secret takes over: old cookies work, move when renewed, and die with their secret', async () => {
    const [driver, other] = [await context.driver(), await context.driver()];
    const before = shopSessions(driver);
    const [mine, guest] = [await member(before, 'ann', 'phone'), await visitor(before)];
    const during = shopSessions(other, { secrets: [secretB, secretA] });
    expect(await during.list('ann')).toHaveLength(1);
    const moved = live(await during.load(tokenOf(mine)));
    const guestMoved = live(await during.load(tokenOf(guest)));
    const other2 = await member(before, 'ann', 'left behind');
    expect([moved.renewalDue, guestMoved.renewalDue]).toEqual([true, true]);
    moved.set('theme', 'dark');
    expect(await moved.regenerate()).toEqual({ ok: true });
    expect(await guestMoved.regenerate()).toEqual({ ok: true });
    expect(moved.times?.createdMs).toBe(mine.times?.createdMs);
    expect((await during.list('ann')).map(({ label }) => label)).toEqual(['phone', 'left behind']);
    expect(await context.admin('HGETALL', userKeyOf(mine))).toHaveLength(4);
    const after = shopSessions(driver, { secrets: [secretB] });
    expect(live(await after.load(tokenOf(moved))).data).toEqual({ theme: 'dark' });
    expect(live(await after.load(tokenOf(guestMoved))).data).toEqual({ cart: ['book'] });
    expect(await after.load(tokenOf(other2))).toEqual({ ok: false, reason: 'not-ours' });
    expect(await during.revokeAll('ann')).toBe(true);
    for (const each of [moved, other2]) expect(await during.load(tokenOf(each))).toEqual(revoked);
  });

  context.where(
    !context.column.memory && context.column.topology === 'single',
    'the memory engine and clusters of tests have one user',
  )('needs no more rights than the README says', async () => {
    const credentials = { username: 'narrow', password: 'secret' };
    const own =
      /ACL: `([^`]+)`/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1] ?? '';
    const drivers = ['+@connection', '+info', '+command'];
    await context.admin('ACL', 'SETUSER', 'narrow', 'reset', 'on', '>secret', ...own.split(' '), ...drivers);
    const sessions = shopSessions(await context.driver({ credentials }), {
      touchAfterMs: 0,
      maxSessions: 2,
      recheckMs: '1h',
    });
    const session = await visitor(sessions);
    await session.login('ann', { label: 'here' });
    session.set('theme', 'dark');
    session.delete('cart');
    expect(await session.save()).toEqual({ ok: true });
    expect(await session.regenerate()).toEqual({ ok: true });
    for (let i = 0; i < 3; i++) await member(sessions);
    expect(await sessions.list('ann')).toHaveLength(2);
    const last = await member(sessions, 'bob', 'x');
    live(await sessions.load(tokenOf(last)));
    expect(await last.revokeOthers()).toBe(true);
    expect(await last.destroy()).toBe(true);
    const refused = shopSessions(await context.driver({ credentials }), {
      maxSessions: 1,
      whenFull: 'refuse',
    });
    await member(refused, 'cleo');
    expect(await (await visitor(refused)).login('cleo')).toEqual({ ok: false, reason: 'full' });
    expect(await sessions.revokeAll('ann')).toBe(true);
    // Ends are told and looked for within these rights, too.
    const keeping = shopSessions(await context.driver({ credentials }), {
      recheckMs: '1h',
      keepEndedMs: '1h',
      idleMs: 60,
    });
    const short = await member(keeping, 'dora');
    const reported: unknown[] = [];
    const note = (message: unknown): void => void reported.push(message);
    subscribe('penknife:listener.error', note);
    const expired = new Promise<string>((resolve) => {
      keeping.onExpired(({ publicId }) => resolve(publicId), { everyMs: 10 });
    });
    const watched = await member(sessions, 'eve');
    const ended = new Promise<string>((resolve) => {
      void watched.onRevoked(({ reason }) => resolve(reason)).then(() => sessions.revokeAll('eve'));
    });
    expect([await expired, await ended]).toEqual([short.publicId, 'revoked']);
    await Promise.all([keeping.close(), sessions.close()]);
    unsubscribe('penknife:listener.error', note);
    expect(reported).toEqual([]);
    await context.admin('ACL', 'DELUSER', 'narrow');
  });
}
