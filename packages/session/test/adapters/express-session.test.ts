import express from 'express';
import session from 'express-session';
import { expect, it } from 'vitest';
import { createExpressSessionStore } from '../../src/express-session.js';
import { Jar } from '../browser.js';
import { secretA } from '../sample.js';
import { deadServer } from './dead-server.js';
import { serve } from './http-site.js';

declare module 'express-session' {
  interface SessionData {
    user: string;
    n: number;
    [other: `n${number}`]: number;
  }
}

async function site() {
  const { redis, passing } = deadServer();
  const store = createExpressSessionStore(session, redis.driver(), { secrets: [secretA] });
  const app = express();
  app.set('env', 'test');
  app.use(
    session({
      store,
      secret: 'of the cookie',
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 600_000 },
    }),
  );
  app.post('/login', (request, response, next) => {
    request.session.regenerate((error) => {
      if (error) return next(error);
      request.session.user = 'ann';
      return response.send('in');
    });
  });
  app.post('/logout', (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.send('out')));
  });
  app.get('/', (request, response) => void response.json({ ...request.session }));
  app.post('/put/:name', (request, response) => {
    request.session[request.params.name as 'n1'] = 1;
    response.send('');
  });
  const held: (() => void)[] = [];
  let arrived: () => void = () => undefined;
  app.post('/slow', (request, response) => {
    held.push(() => {
      request.session.n = 9;
      response.send('');
    });
    arrived();
  });
  const inSlow = () =>
    new Promise<void>((resolve) => {
      arrived = resolve;
    });
  return { redis, passing, store, held, inSlow, ...(await serve(app)) };
}

const post = { method: 'POST' };
const userOf = async (page: Response) => ((await page.json()) as { readonly user?: string }).user;

it('express-session: login, use, logout; a read is one command and writes nothing', async () => {
  const { ask, close, redis } = await site();
  const jar = new Jar();
  await ask('/login', jar, post);
  expect(await (await ask('/', jar)).json()).toMatchObject({ user: 'ann' });
  const before = redis.inspect().commands;
  for (let i = 0; i < 10; i++) await ask('/', jar);
  const after = redis.inspect().commands;
  const used = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
  expect([used('evalsha') + used('eval'), used('hset'), used('pexpireat')]).toEqual([10, 0, 0]);
  await ask('/logout', jar, post);
  expect(await userOf(await ask('/', jar))).toBeUndefined();
  await close();
});

it('express-session, trap 6: a planted id does not become a session, and a login has another', async () => {
  const { ask, close } = await site();
  const jar = new Jar();
  await ask('/put/n1', jar, post);
  const planted = jar.cookie;
  await ask('/login', jar, post);
  expect(jar.cookie).not.toBe(planted);
  const attacker = new Jar();
  attacker.cookie = planted;
  expect(await userOf(await ask('/', attacker))).toBeUndefined();
  await close();
});

it('express-session, traps 1 and 2: parallel requests lose nothing, a slow one does not undo a logout', async () => {
  const { ask, close, held, inSlow, store } = await site();
  const jar = new Jar();
  await ask('/login', jar, post);
  await Promise.all([1, 2, 3, 4, 5].map((i) => ask(`/put/n${i}`, jar, post)));
  expect(await (await ask('/', jar)).json()).toMatchObject({ n1: 1, n2: 1, n3: 1, n4: 1, n5: 1 });
  const running = inSlow();
  const slow = ask('/slow', jar, post);
  await running;
  await ask('/logout', jar, post);
  for (const finish of held) finish();
  expect((await slow).status).toBe(200);
  expect(await userOf(await ask('/', jar))).toBeUndefined();
  expect(await new Promise((resolve) => store.length((_error, length) => resolve(length)))).toBe(0);
  await close();
});

it('express-session: server down is 503, not a stranger', async () => {
  const { ask, close, redis, passing } = await site();
  const jar = new Jar();
  await ask('/login', jar, post);
  redis.faults.refuse();
  expect((await passing(ask('/', jar))).status).toBe(503);
  redis.faults.restore();
  expect(await (await passing(ask('/', jar))).json()).toMatchObject({ user: 'ann' });
  await close();
});
