import { createMemoryRedis } from '@penknife/driver-memory';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { createHonoSessions } from '../../src/hono.js';
import { Jar } from '../browser.js';
import { shopSessions, tokenOf, visitor } from '../sample.js';
import { deadServer } from './dead-server.js';

function site() {
  const { redis, passing } = deadServer();
  const sessions = shopSessions(redis.driver());
  const { middleware, sessionOf } = createHonoSessions(sessions, { csrf: true });
  const app = new Hono();
  app.use(middleware);
  app.get('/', (context) => {
    const session = sessionOf(context);
    return context.json({ user: session.user, token: session.csrfToken(), ...session.data });
  });
  app.post('/login', async (context) => {
    sessionOf(context).set('theme', 'dark');
    await sessionOf(context).login('ann');
    context.header('set-cookie', 'theirs=1', { append: true });
    return context.redirect('/');
  });
  app.post('/logout', async (context) => {
    await sessionOf(context).destroy();
    return context.body(null, 204);
  });
  app.get('/public', async (context) => {
    await sessionOf(context).login('ann');
    return new Response('in', { headers: { 'set-cookie': 'theirs=1', 'cache-control': 'public' } });
  });
  app.get('/fail', (context) => {
    sessionOf(context).set('count', 1);
    throw new Error('of the handler');
  });
  app.get('/outage', (context) => {
    sessionOf(context).set('count', 3);
    redis.faults.refuse();
    context.header('x-own', 'yes');
    return context.text('saved');
  });
  app.onError((_error, context) => context.text('failed', 500));
  const ask = async (path: string, jar: Jar, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await app.request(path, { method, headers: { ...jar.headers, ...headers } });
    for (const setCookie of answer.headers.getSetCookie())
      if (!setCookie.startsWith('theirs')) jar.take(setCookie);
    return answer;
  };
  return { redis, passing, sessions, sessionOf, ask };
}

type Page = { readonly user: string | null; readonly token: string; readonly theme?: string };

it('Hono: the token against forged requests is asked for; login, use, logout', async () => {
  const { ask, sessions, sessionOf } = site();
  const jar = new Jar();
  const first = (await (await ask('/', jar)).json()) as Page;
  const planted = jar.cookie;
  expect((await ask('/login', jar, {}, 'POST')).status).toBe(403);
  expect((await ask('/login', jar, { 'x-csrf-token': first.token.slice(1) }, 'POST')).status).toBe(403);
  expect((await ask('/login', new Jar(), { 'x-csrf-token': first.token }, 'POST')).status).toBe(403);
  const login = await ask('/login', jar, { 'x-csrf-token': first.token }, 'POST');
  expect([login.status, login.headers.get('cache-control')]).toEqual([302, 'no-store']);
  expect(login.headers.getSetCookie()).toHaveLength(2);
  expect(jar.cookie).not.toBe(planted);
  const page = (await (await ask('/', jar)).json()) as Page;
  expect(page).toMatchObject({ user: 'ann', theme: 'dark' });
  expect((await ask('/logout', jar, { 'x-csrf-token': first.token }, 'POST')).status).toBe(403);
  expect((await ask('/logout', jar, { 'x-csrf-token': page.token }, 'POST')).status).toBe(204);
  expect(jar.cookie).toBe('');
  expect(await sessions.list('ann')).toEqual([]);
  expect(() => sessionOf({})).toThrow(expect.objectContaining({ code: 'SESSION_STATE' }));
});

it('Hono: a handler that fails keeps its status; an outage at the end is 503, with nothing of the success', async () => {
  const { ask, redis, passing } = site();
  const jar = new Jar();
  await ask('/', jar);
  expect((await ask('/fail', jar)).status).toBe(500);
  expect(await (await ask('/', jar)).json()).toMatchObject({ count: 1 });
  const outage = await passing(ask('/outage', jar));
  expect([outage.status, outage.headers.get('x-own'), await outage.text()]).toEqual([
    503,
    null,
    'Service Unavailable',
  ]);
  expect((await passing(ask('/', jar))).status).toBe(503);
  redis.faults.restore();
  expect(await (await passing(ask('/', jar))).json()).toMatchObject({ count: 1 });
});

it('Hono: an answer that says it is public is not, with a cookie; its own cookies stay', async () => {
  const { ask } = site();
  const jar = new Jar();
  const answer = await ask('/public', jar);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.getSetCookie()).toEqual(['theirs=1', expect.stringMatching(/^__Host-session=a\./)]);
  expect(await (await ask('/', jar)).json()).toMatchObject({ user: 'ann' });
});

it('Hono: what a route throws of a session is answered by its status, unless the site has an answer of its own', async () => {
  const sessions = shopSessions(createMemoryRedis().driver(), { maxBytes: 100 });
  for (const [onError, expected] of [
    [null, [401, 413, 500]],
    [500, [401, 413, 500]],
    [418, [418, 418, 418]],
  ] as const) {
    const { middleware, sessionOf } = createHonoSessions(sessions);
    const app = new Hono();
    app.use(middleware);
    app.get('/fresh', async (context) => {
      sessionOf(context).set('count', 1);
      sessionOf(context).requireFresh('1h');
      return context.text('in');
    });
    app.get('/large', async (context) => {
      const session = sessionOf(context);
      session.set('theme', 'x'.repeat(200));
      await session.save().finally(() => session.delete('theme'));
      return context.text('in');
    });
    app.get('/own', () => {
      throw new RangeError('of the handler');
    });
    if (onError !== null) app.onError((_error, context) => context.text('failed', onError));
    const asked = ['/fresh', '/large', '/own'].map((path) => app.request(path));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(expected);
    const fresh = await app.request('/fresh');
    expect(fresh.headers.get('set-cookie')).toMatch(/^__Host-session=/);
    expect(fresh.headers.get('cache-control')).toBe('no-store');
  }
});

it('Hono: an answer that nothing can be added to is passed on as it is, with the session saved', async () => {
  const sessions = shopSessions(createMemoryRedis().driver());
  const { middleware, sessionOf } = createHonoSessions(sessions);
  const app = new Hono();
  app.use(middleware);
  app.get('/', async (context) => {
    await sessionOf(context).login('ann');
    return Response.error();
  });
  expect((await app.request('/')).type).toBe('error');
  expect(await sessions.list('ann')).toHaveLength(1);
});

it('Hono: a session that could not be loaded: who asks for it is told why', async () => {
  const { redis, passing } = deadServer();
  const { middleware, sessionOf } = createHonoSessions(shopSessions(redis.driver()), { csrf: true });
  const app = new Hono();
  const seen: unknown[] = [];
  const look = (context: object): void => {
    try {
      seen.push(sessionOf(context).state);
    } catch (error) {
      seen.push((error as { code: string }).code);
    }
  };
  app.use(async (context, next) => {
    await next();
    look(context);
  });
  app.use(middleware);
  app.post('/', (context) => context.text('saved'));
  const forged = await app.request('/', { method: 'POST' });
  expect([forged.status, seen.splice(0)]).toEqual([403, ['SESSION_CSRF']]);
  const cookie = `__Host-session=${tokenOf(await visitor(shopSessions(redis.driver())))}`;
  redis.faults.refuse();
  const answer = await passing(Promise.resolve(app.request('/', { method: 'POST', headers: { cookie } })));
  expect([answer.status, seen]).toEqual([503, ['SESSION_UNAVAILABLE']]);
});
