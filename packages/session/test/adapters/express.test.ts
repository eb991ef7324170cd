import { createMemoryRedis } from '@penknife/driver-memory';
import express from 'express';
import { expect, it } from 'vitest';
import { createExpressSessions } from '../../src/express.js';
import { headOf } from '../../src/http/node-head.js';
import { Jar } from '../browser.js';
import { shopSessions, tokenOf, visitor } from '../sample.js';
import { deadServer } from './dead-server.js';
import { serve } from './http-site.js';

const asObject = { 'Set-Cookie': 'own=1', 'Cache-Control': 'public, max-age=600', 'x-own': 'yes' };
const asList = ['Set-Cookie', 'own=1', 'cache-control', 'public', 'X-Own', 'yes'];
/** Every way to write a head by hand. */
const heads: Readonly<Record<string, readonly unknown[]>> = {
  'an object': [202, asObject],
  'an object and a message': [202, 'Fine', asObject],
  'an object and no message': [202, undefined, asObject],
  'an object with a list of cookies': [202, { ...asObject, 'Set-Cookie': ['own=1'] }],
  'a list': [202, asList],
  'a list and a message': [202, 'Fine', asList],
  'a list of pairs': [202, Object.entries(asObject)],
};

async function site() {
  const { redis, passing } = deadServer();
  const sessions = shopSessions(redis.driver());
  const { middleware, sessionOf } = createExpressSessions(sessions);
  const app = express();
  // Express prints errors that nobody handles.
  app.set('env', 'test');
  app.use((_request, response, next) => {
    response.setHeader('set-cookie', 'theirs=1');
    next();
  });
  app.use(middleware);
  app.post('/login', async (request, response) => {
    sessionOf(request).set('theme', 'dark');
    await sessionOf(request).login('ann');
    response.redirect('/');
  });
  app.post('/logout', async (request, response) => {
    await sessionOf(request).destroy();
    response.sendStatus(204);
  });
  app.get('/', (request, response) => {
    response.json({ user: sessionOf(request).user, ...sessionOf(request).data });
  });
  app.get('/stream', async (request, response) => {
    sessionOf(request).set('count', 1);
    response.setHeader('content-type', 'text/plain');
    for (let i = 0; i < 50; i++) {
      if (!response.write('x'.repeat(10_000))) {
        await new Promise<void>((resolve) => response.once('drain', resolve));
      }
    }
    response.end('!');
  });
  app.get('/head', (request, response) => {
    sessionOf(request).set('count', 2);
    response.writeHead(202, { 'x-own': 'yes' });
    response.end();
  });
  app.get('/heads/:form', async (request, response) => {
    await sessionOf(request).login('ann');
    const form = heads[request.params.form] ?? [500];
    (response.writeHead as (...args: unknown[]) => unknown)(...form);
    response.end('in');
  });
  app.get('/conflict', async (request, response) => {
    const other = await sessions.load(
      request.headers.cookie?.split('__Host-session=')[1]?.split(';')[0] ?? '',
    );
    sessionOf(request).set('count', 7, { onlyIfUnchanged: true });
    if (other.ok) {
      other.session.set('count', 8);
      await other.session.save();
    }
    response.send('done');
  });
  app.get('/outage', (request, response) => {
    sessionOf(request).set('count', 3);
    redis.faults.refuse();
    response.writeHead(200, { 'x-own': 'yes', 'cache-control': 'public' });
    response.end('saved');
  });
  return { redis, passing, sessions, sessionOf, ...(await serve(app)) };
}

it('Express: login, use, logout; cookies of others stay', async () => {
  const { ask, close, sessions } = await site();
  const jar = new Jar();
  const visit = await ask('/', new Jar());
  expect(visit.headers.getSetCookie()).toEqual(['theirs=1']);
  const login = await ask('/login', jar, { method: 'POST' });
  expect([login.status, login.headers.get('cache-control')]).toEqual([302, 'no-store']);
  expect(login.headers.getSetCookie()).toEqual([
    'theirs=1',
    expect.stringMatching(
      /^__Host-session=a\.[\w-]{40}\.[\w-]{21}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ),
  ]);
  expect(await (await ask('/', jar)).json()).toEqual({ user: 'ann', theme: 'dark' });
  const logout = await ask('/logout', jar, { method: 'POST' });
  expect(logout.headers.getSetCookie().at(-1)).toMatch(/^__Host-session=; .*Max-Age=0$/);
  expect(await sessions.list('ann')).toEqual([]);
  await close();
});

it('Express: a body that streams, and a head written by hand, wait for the session', async () => {
  const { ask, close } = await site();
  const jar = new Jar();
  const stream = await ask('/stream', jar);
  expect((await stream.text()).length).toBe(500_001);
  expect(await (await ask('/', jar)).json()).toEqual({ user: null, count: 1 });
  const head = await ask('/head', jar);
  expect([head.status, head.headers.get('x-own')]).toEqual([202, 'yes']);
  expect(await (await ask('/', jar)).json()).toEqual({ user: null, count: 2 });
  await close();
});

it.each(Object.keys(heads))(
  'Express: a head written by hand as %s neither drops the cookie nor makes its answer cacheable',
  async (form) => {
    const { ask, close } = await site();
    const jar = new Jar();
    const answer = await ask(`/heads/${form}`, jar);
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([202, 'yes', 'in']);
    expect(answer.statusText).toBe(form.endsWith('a message') ? 'Fine' : 'Accepted');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.getSetCookie()).toEqual(['own=1', expect.stringMatching(/^__Host-session=a\./)]);
    expect(await (await ask('/', jar)).json()).toEqual({ user: 'ann' });
    await close();
  },
);

it('Express: a head of a status alone, and a list with a name twice', async () => {
  expect(headOf([204])).toEqual({ args: [204], headers: new Map() });
  expect(headOf([200, ['A', '1', 'b', '2', 'a', '3']]).headers).toEqual(
    new Map<string, unknown>([
      ['a', ['1', '3']],
      ['b', '2'],
    ]),
  );
});

it('Express: what Node refuses in a kept call goes to the error handler, not to the process', async () => {
  const sessions = shopSessions(createMemoryRedis().driver());
  const { middleware } = createExpressSessions(sessions);
  const app = express();
  app.use(middleware);
  app.get('/', (_request, response) => {
    response.writeHead(9999);
    response.end();
  });
  app.use(((error, _request, response, _next) => {
    response.status(500).send((error as { code: string }).code);
  }) satisfies express.ErrorRequestHandler);
  const { ask, close } = await serve(app);
  const answer = await ask('/');
  expect([answer.status, await answer.text()]).toEqual([500, 'ERR_HTTP_INVALID_STATUS_CODE']);
  await close();
});

it('Express: server down is 503 before the handler and instead of a success; a conflict is 409', async () => {
  const { ask, close, redis, passing, sessionOf } = await site();
  const jar = new Jar();
  await ask('/login', jar, { method: 'POST' });
  redis.faults.refuse();
  expect((await passing(ask('/', jar))).status).toBe(503);
  redis.faults.restore();
  const outage = await passing(ask('/outage', jar));
  expect(outage.status).toBe(503);
  expect(await outage.text()).not.toContain('saved');
  expect(outage.headers.get('x-own')).toBeNull();
  redis.faults.restore();
  expect(await (await passing(ask('/', jar))).json()).toEqual({ user: 'ann', theme: 'dark' });
  expect((await ask('/conflict', jar)).status).toBe(409);
  expect(() => sessionOf({})).toThrow(expect.objectContaining({ code: 'SESSION_STATE' }));
  await close();
});

it('Express: a session that could not be loaded: who asks for it is told why, in the error handler too', async () => {
  const { redis, passing } = deadServer();
  const { middleware, sessionOf } = createExpressSessions(shopSessions(redis.driver()), { csrf: true });
  const app = express();
  const seen: unknown[] = [];
  app.use(middleware);
  app.post('/', (_request, response) => void response.send('saved'));
  app.use(((error, request, response, _next) => {
    try {
      seen.push(sessionOf(request).state);
    } catch (reason) {
      seen.push((reason as { code: string }).code);
    }
    response.status((error as { statusCode: number }).statusCode).send('failed');
  }) satisfies express.ErrorRequestHandler);
  const { ask, close } = await serve(app);
  expect([(await ask('/', new Jar(), { method: 'POST' })).status, seen.splice(0)]).toEqual([
    403,
    ['SESSION_CSRF'],
  ]);
  const jar = new Jar();
  jar.cookie = `__Host-session=${tokenOf(await visitor(shopSessions(redis.driver())))}`;
  redis.faults.refuse();
  const answer = await passing(ask('/', jar, { method: 'POST' }));
  expect([answer.status, seen]).toEqual([503, ['SESSION_UNAVAILABLE']]);
  await close();
});
