import { promisify } from 'node:util';
import { ConnectionError, createManualClock, type Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { expect, it } from 'vitest';
import { createBetterAuthStorage } from '../../src/better-auth.js';
import { createFastifySessionStore } from '../../src/fastify-session.js';
import { secretA, secretB } from '../sample.js';
import { deadServer } from './dead-server.js';

function site() {
  const { redis, passing } = deadServer();
  const storage = createBetterAuthStorage(redis.driver(), { secrets: [secretA] });
  const auth = betterAuth({
    secret: 'for this test and no other place',
    baseURL: 'http://auth.test',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    secondaryStorage: storage,
    emailAndPassword: {
      enabled: true,
      password: { hash: async (text) => text, verify: async ({ hash, password }) => hash === password },
    },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    telemetry: { enabled: false },
  });
  const call = async (path: string, cookie = '', body?: object) => {
    const headers = {
      cookie,
      origin: 'http://auth.test',
      ...(body && { 'content-type': 'application/json' }),
    };
    const answer = await auth.handler(
      new Request(`http://auth.test/api/auth${path}`, {
        headers,
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      }),
    );
    const cookies = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
    return { status: answer.status, cookie: cookies.join('; '), body: (await answer.json()) as never };
  };
  const login = { email: 'ann@example.org', password: 'correct horse' };
  return {
    redis,
    passing,
    storage,
    signUp: () => call('/sign-up/email', '', { ...login, name: 'Ann' }),
    signIn: () => call('/sign-in/email', '', login),
    session: async (cookie: string) =>
      (await call('/get-session', cookie)).body as { user: { email: string } } | null,
    devices: async (cookie: string) =>
      (await call('/list-sessions', cookie)).body as readonly { token: string }[],
    signOut: (cookie: string) => call('/sign-out', cookie, {}),
    revokeAll: (cookie: string) => call('/revoke-sessions', cookie, {}),
  };
}

it('better-auth: login, session, list, logout; nothing of it is legible at rest', async () => {
  const { redis, signUp, signIn, session, devices, signOut } = site();
  const first = await signUp();
  expect(first.status).toBe(200);
  const second = await signIn();
  expect((await session(first.cookie))?.user.email).toBe('ann@example.org');
  const list = await devices(second.cookie);
  expect(list).toHaveLength(2);
  const driver = redis.driver();
  for (const { key, type } of redis.inspect().keys as readonly { key: string; type: string }[]) {
    const args = (type === 'hash' ? ['HGETALL', key] : ['GET', key]) as ['GET', string];
    const text = JSON.stringify([key, await driver.send({ args, key, read: (reply) => reply })]);
    for (const secret of ['ann@', list[0]?.token ?? '?', list[1]?.token ?? '?'])
      expect(text).not.toContain(secret);
  }
  await signOut(first.cookie);
  expect(await session(first.cookie)).toBeNull();
  expect(await devices(second.cookie)).toHaveLength(1);
});

it('better-auth: logins at the same time are all listed, and all end together', async () => {
  const { signUp, signIn, session, devices, revokeAll } = site();
  await signUp();
  const logins = await Promise.all(Array.from({ length: 8 }, signIn));
  expect(await devices(logins[0]?.cookie ?? '')).toHaveLength(9);
  await revokeAll(logins[0]?.cookie ?? '');
  for (const { cookie } of logins) expect(await session(cookie)).toBeNull();
});

it('better-auth, traps 2 and 3: what a request read before a logout is not written back after it', async () => {
  const { storage } = site();
  const record = JSON.stringify({ session: { token: 't', userId: 'u' }, user: {} });
  await storage.set('t', record, 60);
  const read = await storage.get('t');
  await storage.delete('t');
  await storage.set('t', read as string, 60);
  expect(await storage.get('t')).toBeNull();
});

it('better-auth, traps 3 and 13: nor under another secret, whichever process ended it', async () => {
  const redis = createMemoryRedis();
  const storage = (...secrets: (typeof secretA)[]) => createBetterAuthStorage(redis.driver(), { secrets });
  const [before, during, after] = [storage(secretA), storage(secretB, secretA), storage(secretA, secretB)];
  let n = 0;
  for (const first of [before, during, after]) {
    for (const ending of [before, during, after]) {
      for (const late of [during, after]) {
        // A process that does not know the new secret cannot know of what is kept under it.
        if (first === during && ending === before) continue;
        const token = `t${n++}`;
        const record = JSON.stringify({ session: { token, userId: 'u' }, user: {} });
        await first.set(token, record, 60);
        await ending.delete(token);
        await late.set(token, record, 60);
        for (const each of [before, during, after]) expect(await each.get(token)).toBeNull();
      }
    }
  }
  expect(n).toBe(16);
  await during.set('code', 'one', 60);
  expect([await after.getAndDelete('code'), await during.get('code')]).toEqual(['one', null]);
  await after.set('code', 'two', 60);
  expect(await during.get('code')).toBe('two');
});

/** A process before whose second command of this name others do something, and before the third and so on what else they do. */
function interrupted(driver: Driver, name: string, ...acts: (() => Promise<unknown>)[]): Driver {
  let sent = 0;
  return {
    ...driver,
    async send(command, call) {
      if ((command.script?.name ?? command.args[0]) === name) await acts[sent++ - 1]?.();
      return driver.send(command, call);
    },
  };
}

/** Amid a change of the secret: what is kept under the old one, and processes that know both. */
function changing() {
  const redis = createMemoryRedis();
  const secrets = [secretB, secretA];
  const before = createBetterAuthStorage(redis.driver(), { secrets: [secretA] });
  const other = createBetterAuthStorage(redis.driver(), { secrets });
  const amid = (name: string, key: string, value: string) =>
    createBetterAuthStorage(
      interrupted(redis.driver(), name, () => other.set(key, value, 60)),
      { secrets },
    );
  const record = (n: number) => JSON.stringify({ session: { token: 't', userId: 'u' }, n });
  return { before, other, amid, record };
}

it('better-auth: what is written anew under the new secret while it is read is read, and listed', async () => {
  const { before, amid, record } = changing();
  await before.set('t', record(1), 60);
  expect(await amid('GET', 't', record(2)).get('t')).toBe(record(2));
  await before.set('read', record(3), 60);
  await before.set('active-sessions-v', '[{"token":"read","expiresAt":9e15}]', 60);
  expect(await amid('GET', 'read', record(4)).get('active-sessions-v')).toContain('"read"');
});

it('better-auth: what is written anew under the new secret while it is ended or taken is ended, or taken', async () => {
  const { before, other, amid, record } = changing();
  await before.set('gone', record(5), 60);
  await amid('session/value-take', 'gone', record(6)).delete('gone');
  expect([await other.get('gone'), await before.get('gone')]).toEqual([null, null]);
  await before.set('gone', record(7), 60);
  await other.set('gone', record(7), 60);
  expect([await other.get('gone'), await before.get('gone')]).toEqual([null, null]);

  // What comes after a value was taken is another one.
  await before.set('code', 'one', 60);
  await other.set('kept', 'one', 60);
  expect(await amid('session/value-take', 'kept', 'two').getAndDelete('kept')).toBe('one');
  expect(await other.get('kept')).toBe('two');
  expect(await amid('session/value-take', 'code', 'two').getAndDelete('code')).toBe('two');
  expect(await other.get('code')).toBeNull();
});

it('better-auth, trap 2: a logout ends a session however often it is written anew meanwhile, by processes with opposite first secrets', async () => {
  const { record } = changing();
  const redis = createMemoryRedis();
  const under = (...secrets: (typeof secretA)[]) => createBetterAuthStorage(redis.driver(), { secrets });
  const [old, ab, ba] = [under(secretA), under(secretA, secretB), under(secretB, secretA)];
  const write = (storage: typeof old, n: number) => () => storage.set('t', record(n), 60);
  await write(old, 1)();
  const driver = interrupted(redis.driver(), 'session/value-take', write(ba, 2), write(ab, 3), write(ba, 4));
  await createBetterAuthStorage(driver, { secrets: [secretB, secretA] }).delete('t');
  for (const late of [ab, ba]) await write(late, 5)();
  for (const each of [old, ab, ba]) expect(await each.get('t')).toBeNull();
});

it('better-auth: what was deleted in vain can be kept and counted under the same key', async () => {
  const redis = createMemoryRedis();
  const under = (...secrets: (typeof secretA)[]) => createBetterAuthStorage(redis.driver(), { secrets });
  const [ab, ba] = [under(secretA, secretB), under(secretB, secretA)];
  for (const key of ['code', 'n']) await ba.delete(key);
  await ab.set('code', 'one', 60);
  for (const each of [ab, ba]) expect(await each.get('code')).toBe('one');
  expect(await ba.getAndDelete('code')).toBe('one');
  expect(await ab.get('code')).toBeNull();
  for (const count of [1, 2]) expect(await ba.increment('n', 60)).toBe(count);
});

it('better-auth: one deadline for all commands of an act', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  const slow: Driver = {
    ...driver,
    async send(command, call) {
      // Of the 100 ms of the act each of its commands takes 60.
      const { deadlineMs = 0 } = call ?? {};
      if (deadlineMs < 60) throw new ConnectionError('too late', { sent: 'no' });
      await clock.advance(60);
      return driver.send(command, call);
    },
  };
  const storage = createBetterAuthStorage(slow, { secrets: [secretB, secretA], deadlineMs: 100 });
  for (const act of [() => storage.get('k'), () => storage.delete('k'), () => storage.getAndDelete('k')]) {
    await expect(act()).rejects.toMatchObject({ code: 'SESSION_UNAVAILABLE' });
  }
  await expect(storage.get('active-sessions-u')).rejects.toMatchObject({ statusCode: 503 });
  const store = createFastifySessionStore(slow, { secrets: [secretA], deadlineMs: 100 });
  await expect(promisify(store.get)('id')).resolves.toBeNull();
  for (const act of [store.length, store.ids, store.all, store.clear]) {
    await expect(promisify(act as never)()).rejects.toMatchObject({ statusCode: 503 });
  }
});

it('better-auth: values, counters and the traps of their times', async () => {
  const { storage, redis, passing } = site();
  await storage.set('k', 'v', 60);
  expect([await storage.get('k'), await storage.getAndDelete('k'), await storage.get('k')]).toEqual([
    'v',
    'v',
    null,
  ]);
  await storage.set('k', 'again');
  await storage.set('k', 'over', 0);
  expect(await storage.get('k')).toBeNull();
  expect([
    await storage.increment('n', 60),
    await storage.increment('n', 60),
    await storage.get('n'),
  ]).toEqual([1, 2, '2']);
  await storage.set('fraction', 'v', 0.4);
  const driver = redis.driver();
  for (const { key } of redis.inspect().keys as readonly { key: string }[]) {
    const ttl = await driver.send({ args: ['PTTL', key], key, read: Number });
    expect(ttl).toBeGreaterThan(0);
  }
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '5']) {
    await expect(storage.set('k', 'v', bad as never)).rejects.toMatchObject({ argument: 'ttl' });
  }
  for (const bad of ['nonsense', '[null]', '{}', '[{"token":"t"}]']) {
    await expect(storage.set('active-sessions-u', bad, 60)).rejects.toMatchObject({ argument: 'value' });
  }
  await expect(storage.set('k', undefined as never, 60)).rejects.toMatchObject({ argument: 'value' });
  await expect(storage.getAndDelete('active-sessions-u')).rejects.toMatchObject({ argument: 'key' });
  await expect(storage.get('' as never)).rejects.toMatchObject({ argument: 'key' });
  redis.faults.refuse();
  const away = { code: 'SESSION_UNAVAILABLE', statusCode: 503 };
  await expect(passing(storage.get('k'))).rejects.toMatchObject(away);
});
