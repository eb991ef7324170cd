import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { InvalidArgumentError, ServerError } from '@penknife/core';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fastifyRouteCache } from '../src/fastify.js';
import { honoRouteCache } from '../src/hono.js';
import type { Cache } from '../src/index.js';
import { createGate, createStage, type Stage } from './stage.js';

/** What the handler behind the cache does; each test sets it. */
interface Behaviour {
  status: number;
  headers: Record<string, string>;
  body(): Promise<string> | string;
}

/** A service on a framework, with one cached route `/page`. */
interface Service {
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  close(): Promise<void>;
}

let stage: Stage;
let runs: number;
let behaviour: Behaviour;
let tags: () => readonly string[];
beforeEach(() => {
  tags = () => ['page'];
  stage = createStage();
  runs = 0;
  behaviour = { status: 200, headers: { 'content-type': 'text/plain' }, body: () => `run ${runs}` };
});
afterEach(() => stage.close());

const options = (cache: Cache) => ({ cache, ttlMs: 1000, staleIfErrorMs: 60_000, tags: () => tags() });

function honoService(cache: Cache, vary: string[]): Service {
  const app = new Hono();
  app.use('/page', honoRouteCache({ ...options(cache), vary }));
  app.get('/page', async (context) => {
    runs++;
    const body = await behaviour.body();
    return context.body(body, behaviour.status as 200, behaviour.headers);
  });
  app.onError((error, context) => context.text(error.message, 500));
  return {
    get: async (path, headers = {}, method = 'GET') =>
      app.request(`http://shop.test${path}`, { method, headers: { host: 'shop.test', ...headers } }),
    close: async () => undefined,
  };
}

function fastifyService(cache: Cache, vary: string[]): Service {
  const app = Fastify();
  app.get('/page', { ...fastifyRouteCache({ ...options(cache), vary }) }, async (_request, reply) => {
    runs++;
    const body = await behaviour.body();
    return reply.code(behaviour.status).headers(behaviour.headers).send(body);
  });
  return {
    async get(path, headers = {}, method = 'GET') {
      const got = await app.inject({
        method: method as 'GET',
        url: path,
        headers: { host: 'shop.test', ...headers },
      });
      const fields = Object.entries(got.headers).flatMap(([name, value]) =>
        [value].flat().map((each): [string, string] => [name, String(each)]),
      );
      return new Response(got.statusCode === 304 ? null : got.rawPayload, {
        status: got.statusCode,
        headers: fields,
      });
    },
    close: () => app.close(),
  };
}

describe.each([
  ['Hono', honoService],
  ['Fastify', fastifyService],
])('the route cache on %s', (_name, serve) => {
  const services: Service[] = [];
  const service = (vary: string[] = [], cache: Cache = stage.cache()): Service => {
    const made = serve(cache, vary);
    services.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(services.splice(0).map((each) => each.close()));
  });

  it('runs the handler once, answers others from the cache with the same ETag, and 304 to who has it', async () => {
    const [one, other] = [service(), service()];
    const first = await one.get('/page?a=1');
    expect([first.status, await first.text(), first.headers.get('x-cache')]).toEqual([200, 'run 1', 'miss']);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^".{27}"$/);
    const again = await other.get('/page?a=1');
    expect([await again.text(), again.headers.get('x-cache'), again.headers.get('etag')]).toEqual([
      'run 1',
      'hit',
      etag,
    ]);
    expect(again.headers.get('content-type')).toMatch(/^text\/plain/);
    const known = await other.get('/page?a=1', { 'if-none-match': `W/"x", ${etag}` });
    expect([known.status, await known.text(), known.headers.get('etag')]).toEqual([304, '', etag]);
    expect(await (await one.get('/page?a=2')).text()).toBe('run 2');
  });

  it('one handler for all who ask at once, and a tag takes the response', async () => {
    const cache = stage.cache();
    const served = service([], cache);
    const gate = createGate<string>();
    behaviour.body = () => gate.opened;
    const answers = [1, 2, 3, 4].map(() => served.get('/page'));
    await stage.clock.advance(0);
    gate.open('slow');
    const texts = await Promise.all(answers.map(async (answer) => (await answer).text()));
    expect([texts, runs]).toEqual([['slow', 'slow', 'slow', 'slow'], 1]);
    await cache.removeTags(['page']);
    await served.get('/page');
    expect(runs).toBe(2);
  });

  it.each([
    ['a cookie that is set', { 'set-cookie': 'a=1' }, 200],
    ['no-store', { 'cache-control': 'no-store' }, 200],
    ['private', { 'cache-control': 'private, max-age=60' }, 200],
    ['a field it varies by that is not in the key', { vary: 'accept-encoding' }, 200],
    ['another status than 200', {}, 404],
  ])('stores nothing for %s, and gives it to nobody else', async (_what, headers, status) => {
    Object.assign(behaviour, { headers, status });
    const served = service();
    const gate = createGate();
    behaviour.body = async () => {
      const own = runs;
      await gate.opened;
      return `for visitor ${own}`;
    };
    const both = [served.get('/page'), served.get('/page')];
    await stage.clock.advance(0);
    gate.open();
    const texts = await Promise.all(both.map(async (answer) => (await answer).text()));
    expect(texts.sort()).toEqual(['for visitor 1', 'for visitor 2']);
  });

  it('leaves visitors with a cookie or credentials, and other methods, to the handler', async () => {
    const served = service();
    await served.get('/page');
    await served.get('/page', { cookie: 'session=1' });
    await served.get('/page', { authorization: 'Bearer 1' });
    expect(runs).toBe(3);
    expect((await served.get('/page', {}, 'POST')).status).toBe(404);
  });

  it('keeps apart what differs by a request field, and says so', async () => {
    const served = service(['Accept-Language']);
    await served.get('/page', { 'accept-language': 'de' });
    const other = await served.get('/page', { 'accept-language': 'en' });
    expect([await other.text(), other.headers.get('vary')]).toEqual(['run 2', 'accept-language']);
    expect(await (await served.get('/page', { 'accept-language': 'de' })).text()).toBe('run 1');
  });

  it('serves what is stale when the handler fails, and its error when there is nothing', async () => {
    const served = service();
    const failing = () => Promise.reject(new Error('origin is down'));
    behaviour.body = failing;
    expect((await served.get('/page?new')).status).toBe(500);
    behaviour.body = () => 'good';
    await served.get('/page');
    await stage.clock.advance(1500);
    behaviour.body = failing;
    const stale = await served.get('/page');
    expect([stale.status, await stale.text()]).toEqual([200, 'good']);
  });

  it.each([
    ['a soft timeout, and it is stored, not what was stale', { softTimeoutMs: 100 }, true],
    ['a hard timeout', { hardTimeoutMs: 100 }, false],
    ['the end of the cache', {}, false],
  ])('whose handler runs waits for it, past %s', async (end, patience, stale) => {
    const cache = stage.cache(patience);
    const served = service([], cache);
    if (stale) await served.get('/page');
    await stage.clock.advance(1500);
    const [gate, begun] = [createGate<string>(), createGate()];
    behaviour.body = () => {
      begun.open();
      return gate.opened;
    };
    const slow = served.get('/page');
    await begun.opened;
    if (end === 'the end of the cache') await cache.close();
    await stage.clock.advance(200);
    gate.open('new');
    const answer = await slow;
    expect([answer.status, await answer.text()]).toEqual([200, 'new']);
    expect((await served.get('/page?other')).status).toBe(200);
    if (!stale) return;
    expect(answer.headers.get('x-cache')).toBe('miss');
    const again = await served.get('/page');
    expect([await again.text(), again.headers.get('x-cache')]).toEqual(['new', 'hit']);
  });

  it('serves what is stale past a soft timeout when the handler then fails, and what is not to be stored to its own visitor', async () => {
    const served = service([], stage.cache({ softTimeoutMs: 100, errorTtlMs: 1 }));
    await served.get('/page');
    for (const [headers, status, texts] of [
      [{ 'cache-control': 'no-store' }, 200, ['mine', null]],
      [{}, 503, ['run 1', 'hit']],
    ] as const) {
      await stage.clock.advance(1500);
      const [gate, begun] = [createGate<string>(), createGate()];
      Object.assign(behaviour, { headers, status });
      behaviour.body = () => {
        begun.open();
        return gate.opened;
      };
      const slow = served.get('/page');
      await begun.opened;
      await stage.clock.advance(200);
      gate.open('mine');
      const answer = await slow;
      expect([await answer.text(), answer.headers.get('x-cache')]).toEqual(texts);
    }
  });

  it.each([
    ['fails', new Error('the handler failed')],
    ['fails at an argument of its own', new InvalidArgumentError('seats', 'must be free', 3)],
  ])(
    'runs the handler of who joined one that %s, and has nothing stale any more itself',
    async (_how, error) => {
      const served = service([], stage.cache());
      await served.get('/page');
      await stage.clock.advance(60_900);
      const [gate, begun] = [createGate<string>(), createGate()];
      behaviour.body = () => {
        begun.open();
        return runs === 2 ? gate.opened : 'own';
      };
      const first = served.get('/page');
      await begun.opened;
      await stage.clock.advance(200);
      const second = served.get('/page');
      await stage.clock.advance(0);
      gate.fail(error);
      expect(await (await first).text()).toBe('run 1');
      expect(await (await second).text()).toBe('own');
    },
  );

  it('what does not fit in the cache goes to those who ask for it, though something stale is there', async () => {
    const served = service([], stage.cache({ maxValueBytes: 1000 }));
    for (const path of ['/page?stale', '/page?new']) {
      behaviour.body = () => 'short';
      if (path === '/page?stale') await served.get(path);
      await stage.clock.advance(1500);
      const gate = createGate<string>();
      behaviour.body = () => gate.opened;
      const both = path === '/page?stale' ? [served.get(path)] : [served.get(path), served.get(path)];
      await stage.clock.advance(0);
      gate.open('long'.repeat(500));
      for (const each of both) expect(await (await each).text()).toHaveLength(2000);
    }
  });

  it('a body is not tried that the usual cache could not hold', async () => {
    const cache = stage.cache();
    const served = service([], cache);
    behaviour.body = () => 'x'.repeat(7 * 2 ** 20);
    expect(await (await served.get('/page')).text()).toHaveLength(7 * 2 ** 20);
    expect(cache.stats().loadFailures).toBe(0);
    behaviour.body = () => 'x'.repeat(5 * 2 ** 20);
    await served.get('/page');
    expect((await served.get('/page')).headers.get('x-cache')).toBe('hit');
  });

  it.each<readonly [string, () => readonly string[]]>([
    [
      'throw',
      () => {
        throw new TypeError('no tags');
      },
    ],
    ['are none', () => ['']],
  ])('fails a request whose tags %s', async (_what, given) => {
    tags = given;
    expect([(await service().get('/page')).status, runs]).toEqual([500, 0]);
  });

  it.each([
    ['the server', new ServerError("NOPERM this user has no permissions to run the 'mget' command")],
    ['a driver of another make', new TypeError('this driver has no lane')],
  ])('lets the handler answer when %s refuses the cache, and reports it', async (_who, refusal) => {
    const driver = stage.redis.driver();
    const served = service([], stage.cache({}, { ...driver, send: () => Promise.reject(refusal) }));
    const reported: unknown[] = [];
    const hear = (message: unknown) => void reported.push((message as { error: unknown }).error);
    subscribe('penknife:listener.error', hear);
    const answer = await served.get('/page');
    unsubscribe('penknife:listener.error', hear);
    expect([answer.status, await answer.text()]).toEqual([200, 'run 1']);
    expect(reported).toEqual([refusal]);
  });

  it('lets the handler answer when Redis is gone', async () => {
    const served = service([], stage.cache({ deadlineMs: 100, whenUnavailable: 'reject' }));
    stage.redis.faults.refuse();
    const answer = served.get('/page');
    await stage.clock.advance(200);
    expect(await (await answer).text()).toBe('run 1');
    stage.redis.faults.restore();
  });
});
