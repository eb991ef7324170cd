import { createMemoryRedis } from '@penknife/driver-memory';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { createExpressSessions } from '../../src/express.js';
import { createFastifySessions } from '../../src/fastify.js';
import { createHonoSessions } from '../../src/hono.js';
import type { Session, Sessions } from '../../src/index.js';
import { createWebSessions } from '../../src/web.js';
import { Jar } from '../browser.js';
import { live, type Shop, shopSessions, tokenOf } from '../sample.js';
import { serve } from './http-site.js';

type Act = (session: Session<Shop>) => Promise<void>;
interface Answered {
  readonly status: number;
  readonly setCookie: string | null;
}
interface Site {
  ask(jar: Jar): Promise<Answered>;
  close?(): Promise<void>;
}

const read = ({ status, headers }: Response): Answered => ({ status, setCookie: headers.get('set-cookie') });

/** A site of one route for each adapter; the route says it was a success. */
const adapters: Readonly<Record<string, (sessions: Sessions<Shop>, act: Act) => Promise<Site>>> = {
  async web(sessions, act) {
    const web = createWebSessions(sessions);
    const handler = async (session: Session<Shop>): Promise<Response> => {
      await act(session);
      return new Response('done');
    };
    return {
      ask: async (jar) =>
        read(await web.handle(new Request('https://shop.test/', { headers: jar.headers }), handler)),
    };
  },
  async 'web by hand'(sessions, act) {
    const web = createWebSessions(sessions);
    return {
      async ask(jar) {
        const { session, commit } = await web.open(
          new Request('https://shop.test/', { headers: jar.headers }),
        );
        await act(session);
        return read(
          await commit(new Response('done')).catch((error: { statusCode: number }) =>
            commit(new Response('refused', { status: error.statusCode })),
          ),
        );
      },
    };
  },
  async Express(sessions, act) {
    const { middleware, sessionOf } = createExpressSessions(sessions);
    const app = express();
    app.set('env', 'test');
    app.use(middleware);
    app.get('/', async (request, response) => {
      await act(sessionOf(request));
      response.send('done');
    });
    const { ask, close } = await serve(app);
    return { ask: async (jar) => read(await ask('/', jar)), close };
  },
  async Hono(sessions, act) {
    const { middleware, sessionOf } = createHonoSessions(sessions);
    const app = new Hono();
    app.use(middleware);
    app.get('/', async (context) => {
      await act(sessionOf(context));
      return context.text('done');
    });
    return { ask: async (jar) => read(await app.request('/', { headers: jar.headers })) };
  },
  async Fastify(sessions, act) {
    const { plugin, sessionOf } = createFastifySessions(sessions);
    const app = fastify();
    await app.register(plugin);
    app.get('/', async (request) => {
      await act(sessionOf(request));
      return 'done';
    });
    return {
      async ask(jar) {
        const { statusCode, headers } = await app.inject({ url: '/', headers: jar.headers });
        return { status: statusCode, setCookie: (headers['set-cookie'] as string | undefined) ?? null };
      },
      close: () => app.close(),
    };
  },
};

for (const [name, serveWith] of Object.entries(adapters)) {
  it(`${name}: a rotation whose changes met a conflict keeps its cookie, beside the 409`, async () => {
    const sessions = shopSessions(createMemoryRedis().driver(), { overlapMs: 0, replay: 'revoke' });
    const site = await serveWith(sessions, async (session) => {
      if (session.user === null) {
        await session.login('ann');
        return;
      }
      await session.regenerate();
      const beside = live(await sessions.load(tokenOf(session)));
      beside.set('count', 1);
      await beside.save();
      session.set('count', 2, { onlyIfUnchanged: true });
    });
    const jar = new Jar();
    jar.take((await site.ask(jar)).setCookie);
    const old = jar.cookie;
    const refused = await site.ask(jar);
    expect(refused.status).toBe(409);
    jar.take(refused.setCookie);
    expect(jar.cookie).not.toBe(old);
    const token = jar.cookie.split('=')[1] ?? '';
    expect(live(await sessions.load(token)).user).toBe('ann');
    await site.close?.();
  });

  it(`${name}: a login with more than fits keeps its cookie, beside the 413; an end leaves none`, async () => {
    const sessions = shopSessions(createMemoryRedis().driver(), { maxBytes: 100 });
    let ends = false;
    const site = await serveWith(sessions, async (session) => {
      await session.login('ann');
      session.set('theme', 'x'.repeat(200));
      if (ends) await sessions.revokeAll('ann');
    });
    const refused = await site.ask(new Jar());
    expect(refused.status).toBe(413);
    const token = refused.setCookie?.split(';')[0]?.split('=')[1] ?? '';
    expect(live(await sessions.load(token)).user).toBe('ann');
    expect(await sessions.list('ann')).toHaveLength(1);
    ends = true;
    expect(await site.ask(new Jar())).toEqual({ status: 413, setCookie: null });
    await site.close?.();
  });
}
