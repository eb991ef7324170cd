import { inspect } from 'node:util';
import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { type CallFault, createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { live, member, shopSessions, tokenOf, visitor } from './sample.js';

/** A driver whose next calls meet the given faults. */
function setUp() {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  const next: (CallFault | undefined)[] = [];
  const chaos = createChaosDriver(redis.driver(), { seed: 1, plan: () => next.shift() });
  return { clock, redis, next, sessions: shopSessions(chaos.driver), calm: shopSessions(redis.driver()) };
}

it('server away: load rejects in the deadline of the caller, and says that nothing ran', async () => {
  const { clock, redis, calm } = setUp();
  const token = tokenOf(await visitor(calm));
  redis.faults.refuse();
  const asked = calm.load(token, { deadlineMs: 40 });
  const answer = expect(asked).rejects.toMatchObject({
    code: 'SESSION_UNAVAILABLE',
    statusCode: 503,
    sent: 'no',
    cause: { code: 'CONNECTION' },
  });
  await clock.advance(60);
  await answer;
  redis.faults.restore();
  live(await calm.load(token));
});

it('server silent: one deadline for all commands of a login together', async () => {
  const { clock, redis, calm } = setUp();
  const session = await visitor(calm);
  session.set('theme', 'dark');
  redis.faults.pause();
  const started = clock.monotonic();
  let tookMs = 0;
  const login = session.login('ann', { deadlineMs: 100 }).finally(() => {
    tookMs = clock.monotonic() - started;
  });
  const answer = expect(login).rejects.toMatchObject({ code: 'SESSION_UNAVAILABLE', sent: 'maybe' });
  for (let i = 0; i < 10; i++) await clock.advance(50);
  await answer;
  expect(tookMs).toBeLessThanOrEqual(150);
  redis.faults.resume();
});

it('server away: a watch is refused in the deadline of the caller, and nothing of it is left', async () => {
  const { clock, redis, calm } = setUp();
  const session = await member(calm);
  redis.faults.refuse();
  const started = clock.monotonic();
  const watch = expect(session.onRevoked(() => undefined, { deadlineMs: 50 })).rejects.toMatchObject({
    code: 'SESSION_UNAVAILABLE',
    statusCode: 503,
  });
  for (let i = 0; i < 4; i++) await clock.advance(20);
  await watch;
  expect(clock.monotonic() - started).toBeLessThanOrEqual(100);
  redis.faults.restore();
  let told = '';
  let stands = false;
  const listener = ({ reason }: { readonly reason: string }): void => {
    told = reason;
  };
  const standing = session.onRevoked(listener, { deadlineMs: 60_000 }).then(() => {
    stands = true;
  });
  for (let i = 0; !stands && i < 200; i++) await clock.advance(100);
  await standing;
  await calm.revokeAll('ann');
  // Told, or found by looking: the channel is tried again a while later.
  for (let i = 0; told === '' && i < 100; i++) await clock.advance(500);
  expect(told).toBe('revoked');
  await calm.close();
});

it('no error tells an id, a user or data: away, silent, aborted, over the limit', async () => {
  const { clock, redis } = setUp();
  const sessions = shopSessions(redis.driver(), { deadlineMs: 50, maxBytes: 100 });
  const session = sessions.start();
  session.set('theme', 'a private theme');
  await session.login('ann@example.org');
  const token = tokenOf(session);
  const errors: unknown[] = [];
  const failing = async (run: () => Promise<unknown>): Promise<void> => {
    const failed = run().then(
      () => expect.unreachable('it did not fail'),
      (error: unknown) => errors.push(error),
    );
    for (let i = 0; i < 4; i++) await clock.advance(30);
    await failed;
  };
  await failing(async () => {
    session.set('theme', 'a private theme'.repeat(20));
    await session.save();
  });
  session.set('theme', 'another private theme');
  await failing(() => session.save({ signal: AbortSignal.abort() }));
  redis.faults.refuse();
  for (const act of [
    () => sessions.load(token),
    () => session.save(),
    () => session.destroy(),
    () => sessions.list('ann@example.org'),
    () => sessions.revokeAll('ann@example.org'),
  ]) {
    await failing(act);
  }
  redis.faults.restore();
  redis.faults.pause();
  await failing(() => sessions.load(token));
  redis.faults.resume();
  const id = token.split('.')[1] ?? '';
  expect(errors).toHaveLength(8);
  for (const error of errors) {
    const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    for (const secret of [id.slice(16), token.split('.')[2] ?? '', 'ann@', 'private'])
      expect(shown).not.toContain(secret);
  }
});

it('the caller can give up: AbortedError, not an outage', async () => {
  const { calm } = setUp();
  const session = await visitor(calm);
  session.set('count', 1);
  await expect(session.save({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toMatchObject({
    code: 'ABORTED',
  });
  expect(session.changed).toBe(true);
});

it('an answer to a save is lost: told as maybe, never sent twice, and still unsaved for the caller', async () => {
  const { next, sessions, calm } = setUp();
  const session = live(await sessions.load(tokenOf(await visitor(calm))));
  session.set('count', 1);
  next.push('drop-after');
  await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_UNAVAILABLE', sent: 'maybe' });
  const other = live(await calm.load(tokenOf(session)));
  expect(other.get('count')).toBe(1);
  other.set('count', 2);
  await other.save();
  expect(live(await calm.load(tokenOf(session))).get('count')).toBe(2);
  expect(session.changed).toBe(true);
  expect(await session.save()).toEqual({ ok: true });
});

it('an answer to the first save is lost: the next one takes another id, with all changes', async () => {
  const { next, sessions, calm } = setUp();
  const session = sessions.start();
  const first = tokenOf(session);
  session.set('count', 1);
  next.push('drop-after');
  await expect(session.save()).rejects.toMatchObject({ sent: 'maybe' });
  session.set('theme', 'dark');
  expect(await session.save()).toEqual({ ok: true });
  expect(tokenOf(session)).not.toBe(first);
  expect(live(await calm.load(tokenOf(session))).data).toEqual({ count: 1, theme: 'dark' });
});

it('a login that fails in the middle puts the session back, and no second one lives', async () => {
  for (const fault of ['drop-before', 'drop-after'] as const) {
    const { next, sessions, calm } = setUp();
    const session = live(await sessions.load(tokenOf(await visitor(calm))));
    next.push(undefined, fault);
    await expect(session.login('ann')).rejects.toMatchObject({ code: 'SESSION_UNAVAILABLE' });
    expect(await calm.list('ann')).toEqual([]);
    expect(session.user).toBeNull();
    expect(live(await calm.load(tokenOf(session))).data).toEqual({ cart: ['book'] });
    expect(await session.login('ann')).toEqual({ ok: true });
    expect(await calm.list('ann')).toHaveLength(1);
  }
});

it('trap 3: what is put back after a failed login is not brought back after a logout', async () => {
  const { redis, sessions, next, calm } = setUp();
  const before = await member(calm, 'ann');
  const session = live(await sessions.load(tokenOf(before)));
  // While the session is on its way to another user, everything of the first one is revoked.
  const full = shopSessions(redis.driver(), { maxSessions: 1, whenFull: 'refuse' });
  await member(full, 'bob');
  const moving = live(await full.load(tokenOf(before)));
  const [login] = await Promise.all([moving.login('bob'), calm.revokeAll('ann')]);
  expect(login.ok).toBe(false);
  expect((await calm.load(tokenOf(before))).ok).toBe(false);
  next.push('drop-after');
  session.set('count', 1);
  await expect(session.save()).rejects.toMatchObject({ sent: 'maybe' });
  expect((await calm.load(tokenOf(before))).ok).toBe(false);
  expect(await calm.list('ann')).toEqual([]);
});

it('a login whose answer is lost is one login: the driver repeats its creation', async () => {
  const { redis, clock, calm } = setUp();
  const session = calm.start();
  session.set('count', 1);
  redis.faults.pause();
  const login = session.login('ann');
  await clock.advance(1);
  redis.faults.cut();
  redis.faults.resume();
  for (let i = 0; i < 20; i++) await clock.advance(100);
  expect(await login).toEqual({ ok: true });
  expect(await calm.list('ann')).toHaveLength(1);
  expect(live(await calm.load(tokenOf(session))).get('count')).toBe(1);
});

it('a rotation whose answer is lost is no second rotation: the driver repeats it', async () => {
  const { redis, clock, calm } = setUp();
  const session = await member(calm);
  const before = tokenOf(session);
  redis.faults.pause();
  const rotated = session.regenerate();
  await clock.advance(1);
  redis.faults.cut();
  redis.faults.resume();
  for (let i = 0; i < 20; i++) await clock.advance(100);
  expect(await rotated).toEqual({ ok: true });
  expect(tokenOf(session)).not.toBe(before);
  expect(live(await calm.load(tokenOf(session))).user).toBe('ann');
  expect(await calm.list('ann')).toHaveLength(1);
});
