import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { honoRouteCache } from '../src/hono.js';
import type { Cache } from '../src/index.js';
import { createGate, createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

describe('a body that does not end, through Hono', () => {
  const serving = (
    cache: Cache,
    type: string,
    body: ReadableStream,
    maxBodyBytes?: number,
    headers: Record<string, string> = {},
  ) => {
    const app = new Hono();
    app.use('/feed', honoRouteCache({ cache, ttlMs: 1000, ...(maxBodyBytes && { maxBodyBytes }) }));
    app.get('/feed', () => new Response(body, { headers: { 'content-type': type, ...headers } }));
    return async () => app.request('http://shop.test/feed');
  };

  it('goes through as it comes once it is above a size, and its source is heard of no more when the visitor leaves', async () => {
    const cancelled = createGate();
    let made = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (++made > 1000) throw new Error('it was read without end');
        controller.enqueue(new Uint8Array(1000));
      },
      cancel: () => cancelled.open(),
    });
    const answer = await serving(stage.cache(), 'application/x-ndjson', endless, 10_000)();
    expect(answer.headers.get('x-cache')).toBeNull();
    const reader = answer.body?.getReader();
    for (let i = 0; i < 20; i++) expect((await reader?.read())?.value?.byteLength).toBe(1000);
    await reader?.cancel();
    await cancelled.opened;
    expect(made).toBeLessThan(50);
  });

  it('is waited for no longer than a lease', async () => {
    const begun = createGate();
    const slow = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(Buffer.from('first'));
        begun.open();
      },
    });
    let answer: Response | undefined;
    const got = serving(stage.cache({ leaseMs: 500, hardTimeoutMs: 60_000 }), 'application/x-ndjson', slow)();
    const answered = got.then((response) => {
      answer = response;
    });
    await begun.opened;
    await stage.clock.advance(400);
    expect(answer).toBeUndefined();
    await stage.clock.advance(200);
    await answered;
    const first = await answer?.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('first');
  });

  it('is a stream of events, however it is written', async () => {
    const silent = new ReadableStream<Uint8Array>();
    const answer = await serving(stage.cache(), 'Text/Event-Stream; charset=utf-8', silent)();
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  });

  it.each([{ 'cache-control': 'no-store' }, { 'set-cookie': 'a=1' }, { vary: 'accept' }])(
    'is not waited for where it is not to be stored: %o',
    async (headers: Record<string, string>) => {
      const silent = new ReadableStream<Uint8Array>();
      const answer = await serving(stage.cache(), 'application/x-ndjson', silent, undefined, headers)();
      expect(answer.status).toBe(200);
      await answer.body?.cancel();
    },
  );

  it('goes through as it comes when it is no bytes', async () => {
    const texts = new ReadableStream<string>({
      start: (controller) => {
        controller.enqueue('text');
        controller.close();
      },
    });
    const answer = await serving(stage.cache(), 'text/plain', texts)();
    expect([answer.status, answer.headers.get('x-cache')]).toEqual([200, null]);
    expect((await answer.body?.getReader().read())?.value).toBe('text');
  });

  it('is let go of when something stale is given instead', async () => {
    const cache = stage.cache();
    const cancelled = createGate();
    const app = new Hono();
    let made = 0;
    app.use('/page', honoRouteCache({ cache, ttlMs: 1000, staleIfErrorMs: 60_000 }));
    app.get('/page', () => {
      const failed = new ReadableStream<Uint8Array>({ cancel: () => cancelled.open() });
      return made++ === 0 ? new Response('good') : new Response(failed, { status: 502 });
    });
    await app.request('http://shop.test/page');
    await stage.clock.advance(1500);
    expect(await (await app.request('http://shop.test/page')).text()).toBe('good');
    await cancelled.opened;
  });
});
