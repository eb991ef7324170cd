import { promisify } from 'node:util';
import { createMemoryRedis } from '@penknife/driver-memory';
import express, { type RequestHandler } from 'express';
import session from 'express-session';
import { expect, it } from 'vitest';
import { createExpressSessionStore } from '../../src/express-session.js';
import type { StoredSession } from '../../src/index.js';
import { Jar } from '../browser.js';
import { secretA } from '../sample.js';
import { serve } from './http-site.js';

type Fields = Record<string, unknown>;

/** A site of one handler, on express-session with these options. What it does besides the contract is said by each test. */
async function site(handler: RequestHandler, options: Partial<session.SessionOptions> = {}) {
  const redis = createMemoryRedis();
  const store = createExpressSessionStore(session, redis.driver(), { secrets: [secretA], touchAfterMs: 0 });
  const app = express();
  app.set('env', 'test');
  const cookie = { maxAge: 600_000 };
  const base = { store, secret: 'of the cookie', resave: false, saveUninitialized: false, cookie };
  app.use(session({ ...base, ...options }));
  app.use(handler);
  const all = promisify<StoredSession[]>(store.all as never);
  const jar = new Jar();
  const { ask, close } = await serve(app);
  return {
    jar,
    close,
    redis,
    ask: (path: string) => ask(path, jar),
    only: async (): Promise<Fields> => {
      const found = await all.call(store);
      expect(found).toHaveLength(1);
      return JSON.parse(JSON.stringify(found[0])) as Fields;
    },
    count: async () => (await all.call(store)).length,
  };
}

const expiryOf = ({ cookie }: Fields): number => new Date(String((cookie as Fields).expires)).getTime();

it('express-session: saveUninitialized stores a visitor, and a use moves what is stored of the cookie', async () => {
  const { ask, only, close, jar } = await site((_request, response) => void response.send(''), {
    saveUninitialized: true,
    rolling: true,
    resave: true,
  });
  await ask('/');
  const first = expiryOf(await only());
  while (Date.now() + 600_000 <= first) await ask('/');
  await ask('/');
  expect(expiryOf(await only())).toBeGreaterThan(first);
  // Rolling: each answer brings the cookie, of the same session.
  expect(jar.received.length).toBeGreaterThan(1);
  expect(new Set(jar.received.map((each) => each.split(';')[0])).size).toBe(1);
  await close();
});

it('express-session: all attributes of a cookie come back, and a life changed by a request is kept', async () => {
  const cookie = {
    maxAge: 600_000,
    path: '/',
    sameSite: 'lax',
    httpOnly: false,
    priority: 'high',
    domain: '127.0.0.1',
  } as const;
  const { ask, only, close, redis } = await site(
    (request, response) => {
      if (request.path === '/short') request.session.cookie.maxAge = 30_000;
      (request.session as unknown as Fields).seen = request.path;
      response.json(request.session.cookie);
    },
    { cookie },
  );
  await ask('/');
  const { maxAge: _, ...others } = cookie;
  // The cookie reads its own clock twice.
  const about = (ms: number) => expect.closeTo(ms, -2);
  expect((await only()).cookie).toMatchObject({ ...others, originalMaxAge: about(600_000) });
  expect(await (await ask('/')).json()).toMatchObject({ ...others, originalMaxAge: about(600_000) });
  await ask('/short');
  expect((await only()).cookie).toMatchObject({ ...others, originalMaxAge: about(30_000) });
  const lives = redis.inspect().keys.filter(({ key }) => String(key).includes(':f:'));
  expect(lives).toHaveLength(1);
  expect(await (await ask('/')).json()).toMatchObject({ originalMaxAge: 30_000 });
  await close();
});

it('express-session: reload sees what another request saved; a save by hand and the one at the end are one', async () => {
  let beside: () => Promise<unknown> = async () => undefined;
  const { ask, close, redis } = await site((request, response, next) => {
    const own = request.session as unknown as Fields;
    if (request.path !== '/reload') {
      own.n = request.path;
      request.session.save((error) => (error ? next(error) : response.send('')));
      return;
    }
    beside().then(
      () =>
        request.session.reload((error) =>
          error ? next(error) : response.json((request.session as unknown as Fields).n),
        ),
      next,
    );
  });
  await ask('/first');
  beside = () => ask('/second');
  expect(await (await ask('/reload')).json()).toBe('/second');
  const before = redis.inspect().commands.hset ?? 0;
  await ask('/third');
  // One for the save by hand, and one for the touch at the end, which moves the end of the cookie's life at most.
  expect((redis.inspect().commands.hset ?? 0) - before).toBeLessThanOrEqual(2);
  await close();
});

it('express-session: unset, destroy and regenerate leave nothing of the old session', async () => {
  const { ask, close, count, only, jar } = await site(
    (request, response, next) => {
      const own = request.session as unknown as Fields;
      if (request.path === '/unset') {
        request.session = null as never;
        response.send('');
        return;
      }
      if (request.path === '/regenerate') {
        request.session.regenerate((error) => {
          (request.session as unknown as Fields).n = 2;
          return error ? next(error) : response.send('');
        });
        return;
      }
      own.n = 1;
      response.send('');
    },
    { unset: 'destroy' },
  );
  await ask('/');
  const old = jar.cookie;
  await ask('/regenerate');
  expect(jar.cookie).not.toBe(old);
  expect(await only()).toMatchObject({ n: 2 });
  await ask('/unset');
  expect(await count()).toBe(0);
  await close();
});

it('express-session: regenerate that hands the fields on, as passport does, keeps the login', async () => {
  const { ask, close, only } = await site((request, response, next) => {
    const before = request.session as unknown as Fields;
    if (request.path !== '/login') {
      before.n = 1;
      response.send('');
      return;
    }
    request.session.regenerate((error) => {
      if (error) return next(error);
      const after = request.session as unknown as Fields;
      for (const name in before)
        if (name !== 'cookie' && typeof before[name] !== 'function') after[name] = before[name];
      after.user = 'ann';
      response.send('');
    });
  });
  await ask('/');
  await ask('/');
  await ask('/login');
  expect(await only()).toMatchObject({ n: 1, user: 'ann' });
  await close();
});
