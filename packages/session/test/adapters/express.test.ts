import { createMemoryRedis } from '@penknife/driver-memory';
import express from 'express';
import { expect, it } from 'vitest';
import { createExpressSessions } from '../../src/express.js';
import { Jar } from '../browser.js';
import { shopSessions } from '../sample.js';
import { serve } from './http-site.js';

async function site() {
  const redis = createMemoryRedis();
  const sessions = shopSessions(redis.driver(), { deadlineMs: 300 });
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
    response.send('saved');
  });
  return { redis, sessions, sessionOf, ...(await serve(app)) };
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

it('Express: server down is 503 before the handler and instead of a success; a conflict is 409', async () => {
  const { ask, close, redis, sessionOf } = await site();
  const jar = new Jar();
  await ask('/login', jar, { method: 'POST' });
  redis.faults.refuse();
  expect((await ask('/', jar)).status).toBe(503);
  redis.faults.restore();
  const outage = await ask('/outage', jar);
  expect(outage.status).toBe(503);
  expect(await outage.text()).not.toContain('saved');
  redis.faults.restore();
  expect(await (await ask('/', jar)).json()).toEqual({ user: 'ann', theme: 'dark' });
  expect((await ask('/conflict', jar)).status).toBe(409);
  expect(() => sessionOf({})).toThrow(expect.objectContaining({ code: 'SESSION_STATE' }));
  await close();
});
