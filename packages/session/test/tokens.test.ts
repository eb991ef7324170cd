import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createManualClock, cryptoRandom, isPenknifeError } from '@penknife/core';
import { createMemoryDriver, createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { createSessions } from '../src/index.js';
import { createKeyRing } from '../src/key-ring.js';
import { createWebSessions } from '../src/web.js';
import { keyOf, member, secretA, secretB, shopSessions, tokenOf } from './sample.js';

const ring = createKeyRing([secretA]);

it('100 000 ids: each its own, 144 bits without bias', () => {
  const count = 100_000;
  const ids = new Set<string>();
  const ones = new Array<number>(144).fill(0);
  for (let i = 0; i < count; i++) {
    const id = (ring.mint(cryptoRandom, 'A'.repeat(16)).token.split('.')[1] ?? '').slice(16);
    ids.add(id);
    const bytes = Buffer.from(id, 'base64url');
    for (let bit = 0; bit < 144; bit++)
      ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
  }
  expect(ids.size).toBe(count);
  // 6 standard deviations: 144 bits stay within by all that is likely, a bit that is stuck or skewed by 1 % does not.
  const most = 6 * Math.sqrt(count / 4);
  expect(ones.filter((n) => Math.abs(n - count / 2) > most)).toEqual([]);
});

it('trap 11: cookie with name and value below 100 bytes', () => {
  const longest = createKeyRing([{ id: 'abcdefgh', secret: secretA.secret }]).mint(cryptoRandom).token;
  expect(`__Host-session=${longest}`.length).toBeLessThan(100);
});

it('one signature a token: every change of one character, truncation and extension is refused', () => {
  const { token } = ring.mint(cryptoRandom);
  expect(ring.open(token)).not.toBeNull();
  // Also characters whose low byte is that of a letter.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=éŁ\u2141';
  let tried = 0;
  for (let at = 0; at < token.length; at++) {
    for (const character of alphabet) {
      if (character === token[at]) continue;
      expect(ring.open(token.slice(0, at) + character + token.slice(at + 1))).toBeNull();
      tried++;
    }
    expect(ring.open(token.slice(0, at))).toBeNull();
  }
  expect(tried).toBeGreaterThan(4000);
  for (const bad of [`${token}=`, ` ${token}`, token.repeat(2), 'x'.repeat(1_000_000), '', null, {}, 5]) {
    expect(ring.open(bad)).toBeNull();
  }
});

it('trap 7: without the secret a key tells nothing, and another secret gives other keys', () => {
  const { token, entry } = ring.mint(cryptoRandom);
  const id = token.split('.')[1] ?? '';
  const renamed = createKeyRing([{ ...secretB, id: 'a' }]);
  expect(id).not.toContain(entry);
  expect(ring.open(token)?.entry).toBe(entry);
  expect(renamed.open(token)).toBeNull();
  expect(renamed.tagsOf('ann')).not.toEqual(ring.tagsOf('ann'));
  expect(createKeyRing([secretB, secretA]).tagsOf('ann')[1]).toBe(ring.tagsOf('ann')[0]);
});

it('bad options are refused by name, before anything is sent and without the secret', () => {
  const driver = createMemoryDriver();
  const cases: readonly (readonly [string, object])[] = [
    ['secrets', { secrets: [] }],
    ['secrets', { secrets: secretA.secret.slice(0, 36) }],
    ['onReplay', { onReplay: 5 }],
    ['migrate', { migrate: 'x' }],
    ['schema', { schema: {} }],
    ['secrets', { secrets: [{ id: 'a', secret: 'too short a secret' }] }],
    ['secrets', { secrets: [{ id: 'a.b', secret: secretA.secret }] }],
    ['secrets', { secrets: [secretA, secretA] }],
    ['idleMs', { idleMs: 0 }],
    ['idleMs', { idleMs: Number.NaN }],
    ['absoluteMs', { absoluteMs: '-1s' }],
    ['renewalMs', { renewalMs: 0.5 }],
    ['touchAfterMs', { idleMs: 100, touchAfterMs: 100 }],
    ['overlapMs', { overlapMs: '1h' }],
    ['maxSessions', { maxSessions: 1001 }],
    ['maxFields', { maxFields: 0 }],
    ['maxBytes', { maxBytes: Number.POSITIVE_INFINITY }],
    ['version', { version: 1.5 }],
    ['replay', { replay: 'ignore' }],
    ['whenFull', { whenFull: 'maybe' }],
    ['deadlineMs', { deadlineMs: Number.NaN }],
    ['namespace', { namespace: 'a b' }],
  ];
  for (const [argument, options] of cases) {
    let thrown: unknown;
    try {
      createSessions(driver, { secrets: [secretA], ...options });
    } catch (error) {
      thrown = error;
    }
    expect(isPenknifeError(thrown) && Reflect.get(thrown, 'argument'), JSON.stringify(options)).toBe(
      argument,
    );
    expect(String(thrown)).not.toContain('too short');
    expect(String(thrown)).not.toContain('first-');
  }
});

it('trap 14: names that objects treat specially, and other bad input, are refused', async () => {
  const sessions = shopSessions(createMemoryDriver());
  const session = sessions.start() as unknown as {
    set(field: unknown, value: unknown): void;
    delete(field: unknown): void;
    login(user: unknown, options?: object): Promise<unknown>;
  };
  for (const field of ['__proto__', 'constructor', 'prototype', '', 'a b', 'x'.repeat(65), 'é', 5, null]) {
    expect(() => session.set(field, 1), String(field)).toThrow(
      expect.objectContaining({ argument: 'field' }),
    );
    expect(() => session.delete(field)).toThrow(expect.objectContaining({ argument: 'field' }));
  }
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  for (const value of [undefined, () => 1, 1n, circle, Symbol('x')]) {
    expect(() => session.set('theme', value)).toThrow(
      expect.objectContaining({ code: value === undefined ? 'INVALID_ARGUMENT' : 'CODEC' }),
    );
  }
  for (const user of ['', 'a\ud800', 'x'.repeat(257), 5, undefined, null, {}]) {
    await expect(session.login(user)).rejects.toMatchObject({ argument: 'user' });
    await expect(sessions.list(user as never)).rejects.toMatchObject({ argument: 'user' });
    await expect(sessions.revokeAll(user as never)).rejects.toMatchObject({ argument: 'user' });
  }
  const label = 'a private label '.repeat(5);
  const named = session.login('ann', { label });
  await expect(named).rejects.toMatchObject({
    argument: 'label',
    message: expect.not.stringContaining('private'),
  });
  // Whoever passes on a user that is not known must not end a session of anybody.
  const { publicId } = await member(sessions);
  for (const user of [undefined, null, '']) {
    const ended = sessions.revoke(publicId, { user } as never);
    await expect(ended).rejects.toMatchObject({ argument: 'user' });
  }
  expect(await sessions.list('ann')).toHaveLength(1);
  await expect(session.login('ann', null as never)).rejects.toMatchObject({ argument: 'options' });
  expect(() => (session.set as (...args: unknown[]) => void)('theme', 'x', null)).toThrow(
    expect.objectContaining({ argument: 'options' }),
  );
  await expect(sessions.load('x', null as never)).rejects.toMatchObject({ argument: 'options' });
  await expect(sessions.list('u', { signal: 'x' } as never)).rejects.toMatchObject({ argument: 'signal' });
  await expect(sessions.revoke('x'.repeat(38), null as never)).rejects.toMatchObject({ argument: 'options' });
  await expect(sessions.start().regenerate({ fresh: 'no' } as never)).rejects.toMatchObject({
    argument: 'fresh',
  });
  await expect(sessions.start().onRevoked(undefined as never)).rejects.toMatchObject({
    argument: 'listener',
  });
  expect(() => createSessions(undefined as never, { secrets: [secretA] })).toThrow(
    expect.objectContaining({ argument: 'driver' }),
  );
  expect(() => createSessions(createMemoryDriver(), undefined as never)).toThrow(
    expect.objectContaining({ argument: 'options' }),
  );
  expect(() => createWebSessions(sessions, { csrf: 'yes' } as never)).toThrow(
    expect.objectContaining({ argument: 'csrf' }),
  );
  expect(() => createWebSessions(sessions, { secure: 'no', name: 's' } as never)).toThrow(
    expect.objectContaining({ argument: 'secure' }),
  );
  for (const publicId of ['', '*', 'x'.repeat(37), `${'x'.repeat(37)}}`, 5]) {
    await expect(sessions.revoke(publicId as never)).rejects.toMatchObject({ argument: 'publicId' });
  }
});

it('what is refused is told, with the reason alone: forged, too long, replayed, not ours, without its token', async () => {
  const told: unknown[] = [];
  const note = (message: unknown): void => void told.push(message);
  subscribe('tracing:penknife:session.refused:start', note);
  try {
    const clock = createManualClock();
    const driver = createMemoryRedis({ clock }).driver();
    const sessions = shopSessions(driver, { overlapMs: 5 });
    const web = createWebSessions(sessions, { csrf: true });
    const ask = (cookie: string, method = 'GET') =>
      web.handle(
        new Request('https://shop.test/', { method, headers: { cookie: `__Host-session=${cookie}` } }),
        ({ user }) => new Response(user ?? 'nobody'),
      );
    const mine = await member(sessions);
    const token = tokenOf(mine);
    expect(await (await ask(token)).text()).toBe('ann');
    expect(told).toEqual([]);
    for (const bad of [`${token.slice(0, -1)}?`, token.slice(0, -1), 'x'.repeat(1_000_000), '']) {
      expect(await (await ask(bad)).text()).toBe('nobody');
    }
    expect((await ask(token, 'POST')).status).toBe(403);
    await mine.regenerate();
    await clock.advance(10);
    expect(await (await ask(token)).text()).toBe('nobody');
    const key = keyOf(mine);
    await driver.send({ args: ['DEL', key], key, read: Number });
    await driver.send({ args: ['SET', key, 'theirs'], key, read: String });
    expect(await (await ask(tokenOf(mine))).text()).toBe('nobody');
    expect(told).toEqual(
      ['not-ours', 'not-ours', 'not-ours', 'not-ours', 'csrf', 'replayed', 'unreadable'].map((reason) => ({
        reason,
      })),
    );
  } finally {
    unsubscribe('tracing:penknife:session.refused:start', note);
  }
});
