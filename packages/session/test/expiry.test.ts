import { createManualClock, type Driver, type ManualClock } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import type { ExpiredSession, SessionOptions, Sessions } from '../src/index.js';
import { live, member, type Shop, secretA, secretB, shopSessions, tokenOf, visitor } from './sample.js';

// On memory alone: a real server cannot be stopped at a millisecond, and nobody waits for days.
const minute = 60_000;
const day = 86_400_000;
const ended = { ok: false, reason: 'ended' };

function setUp(options: Partial<SessionOptions<Shop>> = {}): {
  clock: ManualClock;
  sessions: Sessions<Shop>;
} {
  const clock = createManualClock();
  return { clock, sessions: shopSessions(createMemoryDriver({ clock }), options) };
}

it('idle: alive one millisecond before, gone at the millisecond', async () => {
  for (const user of [undefined, 'ann']) {
    const { clock, sessions } = setUp({ idleMs: 1000, touchAfterMs: 0 });
    const make = () => (user === undefined ? visitor(sessions) : member(sessions, user));
    const [one, two] = [tokenOf(await make()), tokenOf(await make())];
    await clock.advance(999);
    expect((await sessions.load(one)).ok).toBe(true);
    if (user !== undefined) expect(await sessions.list(user)).toHaveLength(2);
    await clock.advance(1);
    expect(await sessions.load(two)).toEqual(ended);
    if (user !== undefined) expect(await sessions.list(user)).toHaveLength(1);
    await clock.advance(998);
    expect((await sessions.load(one)).ok).toBe(true);
  }
});

it('absolute: use does not extend it, saving and rotation do not either', async () => {
  const { clock, sessions } = setUp({ idleMs: '1h', absoluteMs: '2h', touchAfterMs: 0 });
  const session = await member(sessions);
  for (let i = 0; i < 3; i++) {
    await clock.advance(39 * minute);
    session.set('count', i);
    expect(await session.save()).toEqual({ ok: true });
    expect(await session.regenerate()).toEqual({ ok: true });
  }
  await clock.advance(3 * minute - 1);
  live(await sessions.load(tokenOf(session)));
  await clock.advance(1);
  expect(await sessions.load(tokenOf(session))).toEqual(ended);
  session.set('count', 9);
  expect(await session.save()).toEqual(ended);
  expect(await sessions.list('ann')).toEqual([]);
});

it('a shorter idle time in the next deploy holds for sessions that are there already', async () => {
  const clock = createManualClock();
  const driver = createMemoryDriver({ clock });
  const token = tokenOf(await visitor(shopSessions(driver, { idleMs: '1h' })));
  await clock.advance(minute);
  expect(await shopSessions(driver, { idleMs: minute }).load(token)).toEqual(ended);
});

it('renewal: due at the millisecond, and once', async () => {
  const { clock, sessions } = setUp({ renewalMs: '10m' });
  const token = tokenOf(await visitor(sessions));
  await clock.advance(10 * minute - 1);
  expect(live(await sessions.load(token)).renewalDue).toBe(false);
  await clock.advance(1);
  const session = live(await sessions.load(token));
  expect(session.renewalDue).toBe(true);
  await session.regenerate();
  expect(session.renewalDue).toBe(false);
  // A parallel request that came by the old id leaves the renewal to the one that did it.
  expect(live(await sessions.load(token)).renewalDue).toBe(false);
});

it('the overlap of a rotation ends at the millisecond; the watch for replays ends too', async () => {
  const { clock, sessions } = setUp({ overlapMs: 10_000, replayWatchMs: '1h', idleMs: '1d' });
  const session = await visitor(sessions);
  const old = tokenOf(session);
  await session.regenerate();
  await clock.advance(9999);
  live(await sessions.load(old));
  await clock.advance(1);
  expect(await sessions.load(old)).toEqual({ ok: false, reason: 'replayed' });
  await clock.advance(60 * minute);
  expect(await sessions.load(old)).toEqual(ended);
  live(await sessions.load(tokenOf(session)));
});

it('a tombstone goes by itself', async () => {
  const { clock, sessions } = setUp({ tombstoneMs: 5000 });
  const session = await visitor(sessions);
  await session.destroy();
  await clock.advance(4999);
  expect(await sessions.load(tokenOf(session))).toEqual({ ok: false, reason: 'revoked' });
  await clock.advance(2);
  expect(await sessions.load(tokenOf(session))).toEqual(ended);
});

it('fresh: counted from the login on the server, renewed by proof alone', async () => {
  const { clock, sessions } = setUp();
  const token = tokenOf(await member(sessions));
  await clock.advance(minute);
  const session = live(await sessions.load(token));
  expect(session.isFresh(minute)).toBe(true);
  await clock.advance(1);
  expect(session.isFresh(minute)).toBe(false);
  expect(() => session.requireFresh('1m')).toThrow(
    expect.objectContaining({ code: 'SESSION_NOT_FRESH', statusCode: 401 }),
  );
  await session.regenerate();
  expect(session.isFresh(minute)).toBe(false);
  await session.regenerate({ fresh: true });
  session.requireFresh(0);
  for (const bad of [Number.NaN, -1, Number.POSITIVE_INFINITY, '5 minutes' as never, undefined as never]) {
    expect(() => session.requireFresh(bad)).toThrow(expect.objectContaining({ argument: 'maxAgeMs' }));
  }
  expect((await visitor(sessions)).isFresh('1h')).toBe(false);
});

it('the list of a user lives as long as the longest session on it', async () => {
  const clock = createManualClock();
  const driver = createMemoryDriver({ clock });
  const long = shopSessions(driver, { absoluteMs: 9 * day, idleMs: 8 * day });
  const short = shopSessions(driver, { absoluteMs: day, idleMs: day });
  const token = tokenOf(await member(long));
  await member(short);
  await clock.advance(7 * day);
  live(await long.load(token));
  expect(await long.list('ann')).toHaveLength(1);
});

it('a server clock that steps back ends nothing and extends nothing beyond its life', async () => {
  const { clock, sessions } = setUp({ idleMs: '1h', absoluteMs: '2h' });
  const token = tokenOf(await member(sessions));
  const start = clock.now();
  clock.setNow(start - 30 * minute);
  expect(live(await sessions.load(token)).times?.endsMs).toBe(start + 120 * minute);
  clock.setNow(start + 60 * minute);
  expect(await sessions.load(token)).toEqual(ended);
});

it('trap 9: the absolute end is told in time, also of a session that got a new id shortly before', async () => {
  const lives: Partial<SessionOptions<Shop>> = { idleMs: '1h', absoluteMs: '2h', keepEndedMs: '1m' };
  for (const ways of ['a rotation', 'a new secret'] as const) {
    const clock = createManualClock();
    const driver = createMemoryDriver({ clock });
    const secrets = ways === 'a rotation' ? [secretA] : [secretB, secretA];
    const [old, sessions] = [shopSessions(driver, lives), shopSessions(driver, { ...lives, secrets })];
    const told: ExpiredSession<Shop>[] = [];
    sessions.onExpired((each) => void told.push(each));
    const token = tokenOf(await member(old));
    for (const _ of [1, 2]) {
      await clock.advance(59 * minute);
      live(await old.load(token));
    }
    const session = live(await sessions.load(token));
    expect(await session.regenerate()).toEqual({ ok: true });
    await clock.advance(2 * minute + 2000);
    expect(told, ways).toEqual([expect.objectContaining({ publicId: session.publicId, reason: 'absolute' })]);
    await sessions.close();
  }
});

it('trap 9: the end of a session is told also when it was looked for while a login, then refused, had taken it away', async () => {
  const clock = createManualClock();
  const driver = createMemoryDriver({ clock });
  const lives: Partial<SessionOptions<Shop>> = { idleMs: 1000, touchAfterMs: 0, keepEndedMs: '1h' };
  const sessions = shopSessions(driver, lives);
  const told: string[] = [];
  sessions.onExpired(({ publicId }) => void told.push(publicId), { everyMs: 10 });
  const mine = await visitor(sessions);
  await clock.advance(900);
  await member(sessions);
  const slow: Driver = {
    ...driver,
    async send(command, call) {
      if (command.script?.name === 'session/create') await clock.advance(200);
      return driver.send(command, call);
    },
  };
  const narrow = shopSessions(slow, { ...lives, maxSessions: 1, whenFull: 'refuse' });
  const session = live(await narrow.load(tokenOf(mine)));
  expect(await session.login('ann')).toEqual({ ok: false, reason: 'full' });
  live(await sessions.load(tokenOf(mine)));
  await clock.advance(1500);
  expect(told).toContain(mine.publicId);
  await sessions.close();
});
