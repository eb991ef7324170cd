import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { createFastifySessionStore } from '../../src/fastify-session.js';
import { Jar } from '../browser.js';
import { secretA } from '../sample.js';
import { deadServer } from './dead-server.js';

async function site() {
  const { redis, passing } = deadServer();
  const store = createFastifySessionStore(redis.driver(), { secrets: [secretA] });
  const app = fastify();
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    secret: 'of the cookie'.repeat(4),
    store: store as never,
    saveUninitialized: false,
    cookie: { secure: false, maxAge: 600_000 },
  });
  app.post('/login', async (request) => {
    await request.session.regenerate();
    request.session.set('user' as never, 'ann' as never);
    return 'in';
  });
  app.post('/logout', async (request) => {
    await request.session.destroy();
    return 'out';
  });
  app.get('/', async (request) => ({ ...request.session }));
  app.post<{ Params: { name: string } }>('/put/:name', async (request) => {
    request.session.set(request.params.name as never, 1 as never);
    return '';
  });
  let finish: () => void = () => undefined;
  let arrived: () => void = () => undefined;
  const inSlow = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  app.post('/slow', async (request) => {
    arrived();
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    request.session.set('late' as never, 1 as never);
    return '';
  });
  const jar = new Jar();
  const ask = async (method: 'GET' | 'POST', url: string) => {
    const answer = await app.inject({ method, url, headers: jar.headers });
    const setCookie = answer.headers['set-cookie'];
    jar.take(Array.isArray(setCookie) ? setCookie.at(-1) : setCookie);
    return answer;
  };
  return { app, redis, passing, jar, ask, inSlow, finish: () => finish() };
}

it('@fastify/session: login, use, logout; ten reads are ten commands and no write, although it saves after each', async () => {
  const { ask, app, redis } = await site();
  await ask('POST', '/login');
  expect((await ask('GET', '/')).json()).toMatchObject({ user: 'ann' });
  const before = redis.inspect().commands;
  for (let i = 0; i < 10; i++) await ask('GET', '/');
  const after = redis.inspect().commands;
  const used = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
  expect([used('evalsha') + used('eval'), used('hset'), used('pexpireat')]).toEqual([10, 0, 0]);
  await ask('POST', '/logout');
  expect((await ask('GET', '/')).json().user).toBeUndefined();
  await app.close();
});

it('@fastify/session, traps 1 and 2: parallel requests lose nothing, a slow one does not undo a logout', async () => {
  const { ask, app, jar, inSlow, finish } = await site();
  await ask('POST', '/login');
  await Promise.all([1, 2, 3, 4, 5].map((i) => ask('POST', `/put/n${i}`)));
  expect((await ask('GET', '/')).json()).toMatchObject({ n1: 1, n2: 1, n3: 1, n4: 1, n5: 1 });
  const { cookie } = jar;
  const slow = ask('POST', '/slow');
  await inSlow;
  await ask('POST', '/logout');
  finish();
  await slow;
  jar.cookie = cookie;
  expect((await ask('GET', '/')).json().user).toBeUndefined();
  await app.close();
});

it('@fastify/session: server down is 503, not a stranger', async () => {
  const { ask, app, redis, passing } = await site();
  await ask('POST', '/login');
  redis.faults.refuse();
  expect((await passing(ask('GET', '/'))).statusCode).toBe(503);
  redis.faults.restore();
  expect((await passing(ask('GET', '/'))).json()).toMatchObject({ user: 'ann' });
  await app.close();
});
