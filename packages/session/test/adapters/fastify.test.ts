import fastify from 'fastify';
import { expect, it } from 'vitest';
import { createFastifySessions } from '../../src/fastify.js';
import { Jar } from '../browser.js';
import { shopSessions, tokenOf, visitor } from '../sample.js';
import { deadServer } from './dead-server.js';

async function site() {
  const { redis, passing } = deadServer();
  const sessions = shopSessions(redis.driver());
  const { plugin, sessionOf } = createFastifySessions(sessions, { sameSite: 'Strict' });
  const app = fastify();
  await app.register(plugin);
  app.post('/login', async (request) => {
    const session = sessionOf(request);
    session.set('theme', 'dark');
    await session.login('ann', { address: request.ip });
    return 'in';
  });
  app.post('/logout', async (request) => `${await sessionOf(request).destroy()}`);
  app.get('/', async (request) => ({ user: sessionOf(request).user, ...sessionOf(request).data }));
  app.get('/fresh', async (request) => sessionOf(request).requireFresh('1h'));
  app.get('/public', async (request, reply) => {
    await sessionOf(request).login('ann');
    return reply.header('set-cookie', 'theirs=1').header('cache-control', 'public').send('in');
  });
  app.get('/fail', async (request) => {
    sessionOf(request).set('count', 1);
    throw new Error('of the handler');
  });
  app.get('/outage', async (request) => {
    sessionOf(request).set('count', 1);
    redis.faults.refuse();
    return 'saved';
  });
  const jar = new Jar();
  const ask = async (method: 'GET' | 'POST', url: string) => {
    const answer = await app.inject({ method, url, headers: jar.headers });
    jar.take(answer.headers['set-cookie'] as string | undefined);
    return answer;
  };
  return { app, redis, passing, sessions, sessionOf, jar, ask };
}

it('login, use, logout', async () => {
  const { ask, jar, sessions, app } = await site();
  expect((await ask('GET', '/')).json()).toEqual({ user: null });
  expect(jar.received).toEqual([]);
  const login = await ask('POST', '/login');
  expect(login.headers['cache-control']).toBe('no-store');
  expect(jar.received[0]).toMatch(/^__Host-session=.+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const page = await ask('GET', '/');
  expect(page.json()).toEqual({ user: 'ann', theme: 'dark' });
  expect(page.headers['cache-control']).toBeUndefined();
  expect((await sessions.list('ann'))[0]?.address).toBe('127.0.0.1');
  expect((await ask('POST', '/logout')).body).toBe('true');
  expect(jar.cookie).toBe('');
  expect((await ask('GET', '/')).json()).toEqual({ user: null });
  expect(jar.received).toHaveLength(2);
  await app.close();
});

it('errors keep their status: 401 when not fresh, 500 of the handler with what was set saved', async () => {
  const { ask, app } = await site();
  expect((await ask('GET', '/fresh')).statusCode).toBe(401);
  expect((await ask('GET', '/fail')).statusCode).toBe(500);
  expect((await ask('GET', '/')).json()).toEqual({ user: null, count: 1 });
  await app.close();
});

it('server down: 503, and the handler does not run; down at the end: 503 instead of a success', async () => {
  const { ask, app, redis, passing, jar } = await site();
  await ask('POST', '/login');
  redis.faults.refuse();
  expect((await passing(ask('GET', '/'))).statusCode).toBe(503);
  redis.faults.restore();
  const answer = await passing(ask('GET', '/outage'));
  expect(answer.statusCode).toBe(503);
  expect(answer.body).not.toContain(jar.cookie.slice(20, 40));
  redis.faults.restore();
  expect((await passing(ask('GET', '/'))).json()).toEqual({ user: 'ann', theme: 'dark' });
  await app.close();
});

it('a request that the plugin did not see has no session, and says so', async () => {
  const { sessionOf, app } = await site();
  expect(() => sessionOf({})).toThrow(expect.objectContaining({ code: 'SESSION_STATE' }));
  await app.close();
});

it('an answer that says it is public is not, with a cookie; its own cookies stay', async () => {
  const { app } = await site();
  const { headers } = await app.inject({ url: '/public' });
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['set-cookie']).toEqual(['theirs=1', expect.stringMatching(/^__Host-session=a\./)]);
  await app.close();
});

it('a session can be asked for after its answer was sent, and in what handles its errors', async () => {
  const { redis, passing } = deadServer();
  const { plugin, sessionOf } = createFastifySessions(shopSessions(redis.driver()));
  const app = fastify();
  await app.register(plugin);
  const seen: unknown[] = [];
  app.addHook('onResponse', async (request) => void seen.push(sessionOf(request).state));
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    seen.push(sessionOf(request).publicId.length);
    return reply.code(error.statusCode ?? 500).send('failed');
  });
  app.get('/', async (request) => {
    sessionOf(request).set('count', 1);
    redis.faults.refuse();
    return 'saved';
  });
  const answer = await passing(app.inject({ url: '/' }));
  expect([answer.statusCode, answer.body, seen]).toEqual([503, 'failed', [38, 'new']]);
  await app.close();
});

it('a session that could not be loaded: who asks for it is told why, in the hooks and the error handler too', async () => {
  const { redis, passing } = deadServer();
  const { plugin, sessionOf } = createFastifySessions(shopSessions(redis.driver()), { csrf: true });
  const app = fastify();
  await app.register(plugin);
  const seen: unknown[] = [];
  const look = (request: object): void => {
    try {
      seen.push(sessionOf(request).state);
    } catch (error) {
      seen.push((error as { code: string; statusCode: number }).code);
    }
  };
  app.addHook('onResponse', async (request) => look(request));
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    look(request);
    return reply.code(error.statusCode ?? 500).send('failed');
  });
  app.post('/', async () => 'saved');
  const forged = await app.inject({ method: 'POST', url: '/' });
  expect([forged.statusCode, seen.splice(0)]).toEqual([403, ['SESSION_CSRF', 'SESSION_CSRF']]);
  const token = tokenOf(await visitor(shopSessions(redis.driver())));
  redis.faults.refuse();
  const cookie = `__Host-session=${token}`;
  const answer = await passing(app.inject({ method: 'POST', url: '/', headers: { cookie } }));
  expect([answer.statusCode, seen]).toEqual([503, ['SESSION_UNAVAILABLE', 'SESSION_UNAVAILABLE']]);
  await app.close();
});
