import { connect } from 'node:net';
import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { type Item, parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import { createRateLimiter, createRateLimits, guardLimiter, type Limiter } from '../../src/index.js';
import { frameworks } from './frameworks.js';

const ok = async (): Promise<string> => 'ok';
const namesIn = (field: string | null): unknown[] => (parseList(field ?? '') as Item[]).map(([name]) => name);

for (const [name, start] of frameworks) {
  describe(name, () => {
    const backend = () => createMemoryRedis({ clock: createManualClock(1_795_779_000_000) });

    it('sets the fields, and answers 429 with a problem document and Retry-After', async () => {
      const redis = backend();
      const limiter = createRateLimiter(redis.driver(), { name: 'api', policy: '2/min' });
      const service = await start({ limiter }, ok);
      const first = await fetch(service.url);
      expect([first.status, await first.text()]).toEqual([200, 'ok']);
      expect(first.headers.get('ratelimit')).toBe('"api";r=1;t=30');
      expect(first.headers.get('ratelimit-policy')).toBe('"api";q=2;w=60');
      await fetch(service.url);
      const denied = await fetch(service.url);
      expect(denied.status).toBe(429);
      expect(denied.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(denied.headers.get('retry-after')).toBe('30');
      expect(denied.headers.get('ratelimit')).toBe('"api";r=0;t=30');
      expect(await denied.json()).toEqual({
        type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
        title: 'Request cannot be satisfied as the assigned quota has been exceeded',
        'violated-policies': ['api'],
        status: 429,
      });
      await service.close();
      redis.close();
    });

    it('its fields are lists of RFC 9651, also with a partition key and a window that has no name', async () => {
      const redis = backend();
      const limiter = createRateLimiter(redis.driver(), { name: 'a-1_b.c', policy: '3/1500ms' });
      const service = await start({ limiter, partitionKeySecret: 'secret', quotaUnit: 'content-bytes' }, ok);
      const { headers } = await fetch(service.url);
      const itemsOf = (field: string): unknown[] =>
        (parseList(headers.get(field) ?? '') as Item[]).map(([name, parameters]) => [
          name,
          Object.fromEntries(parameters),
        ]);
      const pk = expect.any(ArrayBuffer);
      expect(itemsOf('ratelimit-policy')).toEqual([['a-1_b.c', { q: 3, qu: 'content-bytes', pk }]]);
      expect(itemsOf('ratelimit')).toEqual([['a-1_b.c', { r: 2, t: 1, pk }]]);
      await service.close();
      redis.close();
    });

    it('clients are told apart by their address behind trusted proxies, or by a key', async () => {
      const redis = backend();
      const limiter = createRateLimiter(redis.driver(), { policy: '1/h' });
      const service = await start({ limiter, trustedProxies: 1 }, ok);
      const statusFor = async (url: string, headers: Record<string, string>): Promise<number> =>
        (await fetch(url, { headers })).status;
      expect(await statusFor(service.url, { 'x-forwarded-for': '1.2.3.4' })).toBe(200);
      expect(await statusFor(service.url, { 'x-forwarded-for': '6.6.6.6, 1.2.3.4' })).toBe(429);
      expect(await statusFor(service.url, { 'x-forwarded-for': '1.2.3.5' })).toBe(200);
      await service.close();
      const keyed = await start({ limiter, byHeader: 'x-api-key' }, ok);
      expect(await statusFor(keyed.url, { 'x-api-key': 'k1' })).toBe(200);
      expect(await statusFor(keyed.url, { 'x-api-key': 'k1' })).toBe(429);
      expect(await statusFor(keyed.url, { 'x-api-key': 'k2' })).toBe(200);
      await keyed.close();
      redis.close();
    });

    it('several limits: one item each, the one that binds first', async () => {
      const redis = backend();
      const limiter = createRateLimits(redis.driver(), {
        name: 'api',
        limits: { second: '9/s', day: '1/d' },
      });
      const service = await start({ limiter }, ok);
      expect(namesIn((await fetch(service.url)).headers.get('ratelimit'))).toEqual(['api.day', 'api.second']);
      const denied = await fetch(service.url);
      expect(namesIn(denied.headers.get('ratelimit'))).toEqual(['api.day', 'api.second']);
      expect(await denied.json()).toMatchObject({ 'violated-policies': ['api.day'] });
      await service.close();
      redis.close();
    });

    it('a lease ends with the request', async () => {
      const redis = backend();
      const limiter = createRateLimiter(redis.driver(), { policy: 'concurrency 1 lease 1h' });
      let finish = (): void => undefined;
      let started = (): void => undefined;
      const running = new Promise<void>((resolve) => {
        started = resolve;
      });
      const work = (): Promise<string> =>
        new Promise((resolve) => {
          finish = () => resolve('done');
          started();
        });
      const service = await start({ limiter, byHeader: 'host' }, work);
      const first = fetch(service.url);
      await running;
      expect((await fetch(service.url)).status).toBe(429);
      finish();
      expect(await (await first).text()).toBe('done');
      const identifier = new URL(service.url).host;
      while ((await limiter.peek(identifier)).remaining === 0)
        await new Promise((turn) => setImmediate(turn));
      await service.close();
      redis.close();
    });

    it('a lease ends at once when the client has gone while it was asked for', async () => {
      const redis = backend();
      const limiter = createRateLimiter(redis.driver(), { policy: 'concurrency 1 lease 1h' });
      let isAsked = (): void => undefined;
      let answer = (): void => undefined;
      const asked = new Promise<void>((resolve) => {
        isAsked = resolve;
      });
      const mayAnswer = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const slow: Limiter = {
        ...limiter,
        async check(identifier, options) {
          const result = await limiter.check(identifier, options);
          isAsked();
          await mayAnswer;
          return result;
        },
      };
      const service = await start({ limiter: slow, byHeader: 'x-key' }, ok);
      const leaving = connect(Number(new URL(service.url).port), '127.0.0.1');
      leaving.write('GET / HTTP/1.1\r\nHost: a\r\nX-Key: k\r\n\r\n');
      await asked;
      expect((await limiter.peek('k')).remaining).toBe(0);
      leaving.destroy();
      const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
      while ((await service.connections()) > 0) await turn();
      await turn();
      answer();
      while ((await limiter.peek('k')).remaining === 0) await turn();
      await service.close();
      redis.close();
    });

    it('when nobody can be asked the framework is told; behind a guard that is closed, 503', async () => {
      const redis = backend();
      const driver = redis.driver();
      const limiter = createRateLimiter(driver, { policy: '1/h' });
      await driver.close();
      const service = await start({ limiter }, ok);
      expect((await fetch(service.url)).status).toBe(500);
      await service.close();
      const refusing = redis.driver();
      redis.faults.refuse();
      const guarded = guardLimiter(
        { clock: createManualClock() },
        createRateLimiter(refusing, { policy: '1/h', deadlineMs: 1 }),
        { fallback: 'closed', failures: 1 },
      );
      const closed = await start({ limiter: guarded }, ok);
      const pending = fetch(closed.url);
      let answered = false;
      const response = pending.finally(() => {
        answered = true;
      });
      const clock = refusing.clock as ReturnType<typeof createManualClock>;
      while (!answered) await clock.advance(1);
      expect((await response).status).toBe(503);
      expect(await (await response).json()).toMatchObject({
        type: expect.stringMatching(/temporary-reduced-capacity/),
      });
      await closed.close();
      redis.close();
    });
  });
}
