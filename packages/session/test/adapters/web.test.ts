import { type Clock, createManualClock } from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import type { Session, SessionOptions, Sessions } from '../../src/index.js';
import { createWebSessions, type WebSessions } from '../../src/web.js';
import { Jar } from '../browser.js';
import { type Shop, shopSessions } from '../sample.js';
import { deadServer } from './dead-server.js';

type Handler = (session: Session<Shop>) => Response | Promise<Response>;

function site(
  options: Partial<SessionOptions<Shop>> = {},
  clock?: Clock,
): {
  readonly redis: MemoryRedis;
  readonly sessions: Sessions<Shop>;
  readonly web: WebSessions<Shop>;
  visit(jar: Jar, handler: Handler): Promise<Response>;
} {
  const redis = createMemoryRedis(clock && { clock });
  const sessions = shopSessions(redis.driver(), options);
  const web = createWebSessions(sessions);
  return {
    redis,
    sessions,
    web,
    async visit(jar, handler) {
      const answer = await web.handle(new Request('https://shop.test/', { headers: jar.headers }), handler);
      jar.take(answer.headers.get('set-cookie'));
      return answer;
    },
  };
}

const say = (text: unknown): Response => new Response(String(text));

const putting =
  <F extends 'theme' | 'count'>(field: F, value: NonNullable<Shop[F]>): Handler =>
  (session) => {
    session.set(field, value as never);
    return say('');
  };

const entering: Handler = async (session) => {
  await session.login('ann');
  return say('');
};

const leaving: Handler = async (session) => {
  await session.destroy();
  return say('bye');
};

it('a visit that stores nothing sets no cookie and asks nobody', async () => {
  const { redis, visit } = site();
  const answer = await visit(new Jar(), (session) => say(session.user));
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(redis.inspect().commands).toEqual({});
});

it('the first change sets the cookie once, strictly, with no-store; also on a redirect', async () => {
  const { visit } = site();
  const jar = new Jar();
  const answer = await visit(jar, (session) => {
    session.set('theme', 'dark');
    return Response.redirect('https://shop.test/next', 302);
  });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(jar.received[0]).toMatch(
    /^__Host-session=a\.[\w-]{40}\.[\w-]{21}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const next = await visit(jar, (session) => say(session.get('theme')));
  expect(await next.text()).toBe('dark');
  expect(next.headers.get('cache-control')).toBeNull();
  expect(jar.received).toHaveLength(1);
});

it('trap 6: login in a browser: new id, and data of the same request survives', async () => {
  const { visit } = site();
  const jar = new Jar();
  await visit(jar, putting('theme', 'dark'));
  const planted = jar.cookie;
  await visit(jar, async (session) => {
    session.set('cart', ['before']);
    await session.login('ann');
    session.set('count', 1);
    return say('');
  });
  expect(jar.cookie).not.toBe(planted);
  const answer = await visit(jar, (session) => say(session.user + JSON.stringify(session.data)));
  expect(await answer.text()).toBe('ann{"theme":"dark","cart":["before"],"count":1}');
  const attacker = new Jar();
  attacker.cookie = planted;
  expect(await (await visit(attacker, (session) => say(session.user))).text()).toBe('null');
});

it('trap 2: a request that ran beside a login is a stranger, and cannot overwrite the cookie of the login', async () => {
  const { redis, visit } = site();
  const jar = new Jar();
  await visit(jar, putting('theme', 'dark'));
  const beside = new Jar();
  beside.cookie = jar.cookie;
  await visit(jar, entering);
  const keys = redis.inspect().keys.length;
  await visit(beside, putting('count', 1));
  expect(beside.received).toEqual([]);
  expect(redis.inspect().keys).toHaveLength(keys);
  await visit(beside, entering);
  expect(beside.received).toHaveLength(1);
});

it('trap 2: no Set-Cookie for a session that was revoked while the request ran', async () => {
  const { sessions, visit } = site();
  for (const late of ['set', 'nothing'] as const) {
    const jar = new Jar();
    await visit(jar, async (session) => {
      await session.login('ann');
      await sessions.revokeAll('ann');
      if (late === 'set') session.set('theme', 'dark');
      return say('');
    });
    expect(jar.received).toEqual([]);
  }
});

it('trap 2: a logout clears the cookie; a slow request neither clears nor brings back', async () => {
  const { visit } = site();
  const jar = new Jar();
  await visit(jar, entering);
  const slowJar = new Jar();
  slowJar.cookie = jar.cookie;
  let finish: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let started: (value?: undefined) => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const slow = visit(slowJar, async (session) => {
    started();
    await held;
    session.set('theme', 'dark');
    return say('done');
  });
  await running;
  await visit(jar, leaving);
  expect(jar.received.at(-1)).toBe('__Host-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0');
  finish();
  await slow;
  expect(slowJar.received).toEqual([]);
  expect(await (await visit(slowJar, (session) => say(session.user))).text()).toBe('null');
});

it('renews an id that is due, once, though many requests find it due', async () => {
  const clock = createManualClock();
  const { visit, sessions } = site({ renewalMs: 1000, overlapMs: 1000 }, clock);
  const jar = new Jar();
  await visit(jar, entering);
  await clock.advance(1000);
  const answers = await Promise.all(
    [0, 1, 2, 3, 4].map((i) =>
      visit(jar, (session) => {
        if (i > 0) session.set(`n${i}`, i);
        return say(session.user);
      }),
    ),
  );
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(Array(5).fill('ann'));
  expect(jar.received).toHaveLength(2);
  expect(jar.received[1]).not.toBe(jar.received[0]);
  // Long after the overlap the browser is still logged in, and everything that was set is there.
  await clock.advance(2000);
  const later = await visit(jar, (session) => say(JSON.stringify(session.data)));
  expect(JSON.parse(await later.text())).toEqual({ n1: 1, n2: 2, n3: 3, n4: 4 });
  expect(await sessions.list('ann')).toHaveLength(1);
});

it('server down: 503 on load and on save, never a stranger, and never a success that was not', async () => {
  const { clock, passing } = deadServer();
  const { redis, sessions, visit } = site({}, clock);
  const jar = new Jar();
  await visit(jar, entering);
  let ran = false;
  redis.faults.refuse();
  const answer = await passing(
    visit(jar, () => {
      ran = true;
      return say('');
    }),
  );
  expect([answer.status, ran]).toEqual([503, false]);
  expect(answer.headers.get('set-cookie')).toBeNull();
  redis.faults.restore();
  const later = await passing(
    visit(jar, (session) => {
      session.set('theme', 'dark');
      redis.faults.refuse();
      return say('saved');
    }),
  );
  expect(later.status).toBe(503);
  redis.faults.restore();
  expect(await passing(sessions.list('ann'))).toHaveLength(1);
  await expect(
    visit(jar, () => {
      throw new RangeError('of the handler');
    }),
  ).rejects.toThrow('of the handler');
});

it('cookies of 1 MB, forged, doubled and quoted', async () => {
  const { redis, visit, web } = site();
  const jar = new Jar();
  await visit(jar, putting('theme', 'dark'));
  const value = jar.cookie.split('=')[1] ?? '';
  const themeWith = async (cookie: string): Promise<string> => {
    const request = new Request('https://shop.test/', { headers: { cookie } });
    return (await web.handle(request, (session) => say(session.get('theme')))).text();
  };
  expect(await themeWith(`__Host-session="${value}"`)).toBe('dark');
  expect(await themeWith(`a=b;;=; __Host-session=forged; __Host-session=${value}`)).toBe('dark');
  const before = redis.inspect().commands.evalsha;
  expect(await themeWith(`__Host-session=${value}; x=${'y'.repeat(1_000_000)}`)).toBe('undefined');
  expect(await themeWith(`__Host-session=${'y'.repeat(30_000)}`)).toBe('undefined');
  expect(await themeWith(`x__Host-session=${value}`)).toBe('undefined');
  expect(await themeWith(`__Host-session=1;`.repeat(4) + jar.cookie)).toBe('undefined');
  expect(redis.inspect().commands.evalsha).toBe(before);
});

it('a change that met a conflict is told, not passed off as done', async () => {
  const { visit } = site();
  const jar = new Jar();
  await visit(jar, putting('count', 1));
  const clash = visit(jar, async (session) => {
    await visit(jar, putting('count', 2));
    session.set('count', 3, { onlyIfUnchanged: true });
    return say('done');
  });
  expect((await clash).status).toBe(409);
});

it('a change that was dropped because the session ended meanwhile is told, not passed off as done', async () => {
  const { visit, sessions, web } = site();
  const jar = new Jar();
  await visit(jar, entering);
  const ended = await visit(jar, async (session) => {
    session.set('theme', 'dark');
    await sessions.revokeAll('ann');
    return say('saved');
  });
  expect([ended.status, await ended.text()]).toEqual([409, 'Conflict']);

  const guest = new Jar();
  await visit(guest, putting('theme', 'light'));
  const before = guest.headers;
  const beside = await visit(guest, async (session) => {
    await web.handle(new Request('https://shop.test/', { headers: before }), entering);
    session.set('theme', 'dark');
    return say('saved');
  });
  expect(beside.status).toBe(409);
});

it('a change is told as dropped also where the session is known to be over, or went to a login before', async () => {
  const { visit, sessions } = site();
  const jar = new Jar();
  await visit(jar, putting('count', 1));
  const beside = new Jar();
  beside.cookie = jar.cookie;
  await visit(jar, entering);
  expect((await visit(beside, putting('count', 2))).status).toBe(409);
  expect((await visit(beside, (session) => say(session.csrfToken()))).status).toBe(200);
  expect(beside.received).toEqual([]);
  const over = await visit(jar, async (session) => {
    session.set('count', 3);
    await sessions.revokeAll('ann');
    await session.refresh();
    return say('saved');
  });
  expect([over.status, await over.text()]).toEqual([409, 'Conflict']);
  await visit(jar, entering);
  const read = await visit(jar, async (session) => {
    await sessions.revokeAll('ann');
    return say(await session.refresh());
  });
  expect([read.status, await read.text()]).toEqual([200, 'false']);
});

it('trap 2: a logout that comes by an id from before a login or a rotation leaves the new cookie alone', async () => {
  const { visit, sessions } = site({ overlapMs: 0 });
  const login = new Jar();
  await visit(login, putting('count', 1));
  const beforeLogin = new Jar();
  beforeLogin.cookie = login.cookie;
  await visit(login, entering);
  const beforeRotation = new Jar();
  beforeRotation.cookie = login.cookie;
  await visit(login, async (session) => {
    await session.regenerate();
    return say('');
  });
  for (const late of [beforeLogin, beforeRotation]) {
    await visit(late, leaving);
    expect(late.received).toEqual([]);
  }
  expect(await sessions.list('ann')).toHaveLength(1);
});

it('what a handler may throw of a session is answered by its status: 401, 413', async () => {
  const { visit } = site({ maxBytes: 100 });
  const fresh = await visit(new Jar(), (session) => {
    session.requireFresh('1h');
    return say('');
  });
  expect(fresh.status).toBe(401);
  expect((await visit(new Jar(), putting('theme', 'x'.repeat(200)))).status).toBe(413);
  const jar = new Jar();
  const after = await visit(jar, async (session) => {
    await session.login('ann');
    session.set('theme', 'x'.repeat(200));
    await session.save();
    return say('');
  });
  expect(after.status).toBe(413);
  expect(await (await visit(jar, (session) => say(session.user))).text()).toBe('ann');
});

it('what was set and taken back stores nothing and sets no cookie', async () => {
  const { redis, visit } = site();
  const jar = new Jar();
  await visit(jar, (session) => {
    session.set('theme', 'dark');
    session.delete('theme');
    return say('');
  });
  expect(jar.received).toEqual([]);
  expect(redis.inspect().keys).toEqual([]);
});

it('an answer that nothing can be added to is passed on as it is, with the session saved', async () => {
  const { sessions, visit } = site();
  const jar = new Jar();
  const handed = Object.defineProperty(say(''), 'status', { value: 101 });
  for (const answer of [Response.error(), handed]) {
    const given = await visit(jar, async (session) => {
      await session.login('ann');
      return answer;
    });
    expect(given).toBe(answer);
  }
  expect(jar.received).toEqual([]);
  expect(await sessions.list('ann')).toHaveLength(2);
});
