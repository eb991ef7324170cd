// The example of docs/from-ioredis-mock-and-redis-memory-server.md: an application's own clients, a memory server in one line.
import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { startServer } from '@penknife/driver-memory/server';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const clock = createManualClock();
const redis = createMemoryRedis({ clock });
const server = await startServer(redis);
beforeEach(() => redis.flush());
afterAll(async () => {
  await server.close();
  redis.close();
});

describe("an application's own ioredis", () => {
  const client = new Redis(server.url as string);
  afterAll(() => client.disconnect());

  it('typed commands, scripts, pipelines, consumer groups and blocking calls', async () => {
    await client.zadd('scores', 10, 'ada', 12.5, 'grace');
    expect(await client.zrange('scores', '0', '-1', 'WITHSCORES')).toEqual(['ada', '10', 'grace', '12.5']);
    client.defineCommand('double', {
      numberOfKeys: 1,
      lua: "return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)",
    });
    expect(
      await (client as unknown as { double(key: string, by: number): Promise<number> }).double('n', 21),
    ).toBe(42);
    expect(await client.pipeline().set('a', '1').incr('a').exec()).toEqual([
      [null, 'OK'],
      [null, 2],
    ]);
    await client.xgroup('CREATE', 'log', 'g', '$', 'MKSTREAM');
    const id = await client.xadd('log', '*', 'k', 'v');
    expect(await client.xreadgroup('GROUP', 'g', 'c', 'STREAMS', 'log', '>')).toEqual([
      ['log', [[id, ['k', 'v']]]],
    ]);
    const waiting = client.duplicate();
    const popped = waiting.blpop('jobs', 0);
    await client.rpush('jobs', 'first');
    expect(await popped).toEqual(['jobs', 'first']);
    waiting.disconnect();
  });

  it('a time to live, without waiting', async () => {
    await client.set('session', 'x', 'EX', 3600);
    await clock.advance(3_600_001);
    expect(await client.get('session')).toBe(null);
  });

  it('subscriptions', async () => {
    const subscriber = client.duplicate();
    await subscriber.subscribe('news');
    const heard = new Promise((resolve) => subscriber.on('message', (_channel, text) => resolve(text)));
    expect(await client.publish('news', 'hello')).toBe(1);
    expect(await heard).toBe('hello');
    subscriber.disconnect();
  });
});

describe.each([2, 3] as const)("an application's own node-redis, RESP%i", (RESP) => {
  const client = createClient({ url: server.url as string, RESP });
  beforeAll(async () => void (await client.connect()));
  afterAll(() => client.destroy());

  it('typed commands, transactions, scans and pub/sub', async () => {
    await client.hSet('hash', { a: '1', b: '2' });
    expect({ ...(await client.hGetAll('hash')) }).toEqual({ a: '1', b: '2' });
    await client.zAdd('scores', [{ score: 1.5, value: 'ada' }]);
    expect(await client.zRangeWithScores('scores', 0, -1)).toEqual([{ value: 'ada', score: 1.5 }]);
    expect(await client.multi().set('a', '1').incr('a').exec()).toEqual(['OK', 2]);
    const keys: string[] = [];
    for await (const found of client.scanIterator()) keys.push(...found);
    expect(keys.sort()).toEqual(['a', 'hash', 'scores']);
    await client.geoAdd('places', { longitude: 13.361389, latitude: 38.115556, member: 'Palermo' });
    expect(await client.geoDist('places', 'Palermo', 'Palermo', 'km')).toBe(0);
    const subscriber = client.duplicate();
    await subscriber.connect();
    const heard = new Promise(
      (resolve) => void subscriber.subscribe('news', resolve).then(() => client.publish('news', 'hi')),
    );
    expect(await heard).toBe('hi');
    subscriber.destroy();
  });
});
