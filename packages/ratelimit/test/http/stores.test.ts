import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastifyRateLimit from '@fastify/rate-limit';
import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { expressRateLimitStore } from '../../src/express-rate-limit.js';
import { fastifyRateLimitStore } from '../../src/fastify-rate-limit.js';

const minute = 1_795_779_000_000;

describe('stores for other libraries', () => {
  it('express-rate-limit: counts, takes back, forgets, and starts anew with the window', async () => {
    const clock = createManualClock(minute);
    const redis = createMemoryRedis({ clock });
    const store = expressRateLimitStore(redis.driver(), { clock });
    const app = express();
    app.use(rateLimit({ windowMs: 60_000, limit: 2, store, standardHeaders: 'draft-8' }));
    app.get('/', (_request, response) => {
      response.send('ok');
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const status = async (): Promise<number> => (await fetch(url)).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
    await clock.advance(60_000);
    expect(await status()).toBe(200);
    expect(await store.increment('k')).toEqual({ totalHits: 1, resetTime: new Date(minute + 120_000) });
    await store.increment('k');
    await store.decrement('k');
    expect(await store.get('k')).toMatchObject({ totalHits: 1 });
    await store.decrement('unknown');
    await store.resetKey('k');
    expect(await store.get('k')).toBeUndefined();
    // trap 1: taking back after the window leaves no key behind.
    await store.increment('k');
    await clock.advance(60_000);
    await store.decrement('k');
    expect(redis.inspect().keys.filter(({ ttlMs }) => ttlMs === undefined)).toEqual([]);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    redis.close();
  });

  it('@fastify/rate-limit: counts for the whole service and for a route of its own', async () => {
    const clock = createManualClock(minute);
    const redis = createMemoryRedis({ clock });
    const app = fastify();
    const store = fastifyRateLimitStore(redis.driver());
    await app.register(fastifyRateLimit, { max: 2, timeWindow: 60_000, store: store as never });
    app.get('/', async () => 'ok');
    app.get('/own', { config: { rateLimit: { max: 1, timeWindow: 60_000 } } }, async () => 'ok');
    const status = async (url: string): Promise<number> => (await app.inject(url)).statusCode;
    expect([await status('/'), await status('/'), await status('/')]).toEqual([200, 200, 429]);
    expect([await status('/own'), await status('/own')]).toEqual([200, 429]);
    await clock.advance(60_000);
    expect(await status('/')).toBe(200);
    await app.close();
    redis.close();
  });
});
