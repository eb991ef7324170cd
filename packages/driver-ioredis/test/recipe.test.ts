import { InvalidArgumentError, rawReply } from '@penknife/core';
import { requireServers, type ServerNode, startServer } from '@penknife/redis-servers';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIoredisDriver, type IoredisClient } from '../src/index.js';
import { majors } from './majors.js';

const lazyConnect = true;

describe('what is refused', () => {
  const refused = (client: unknown): string => {
    try {
      createIoredisDriver(client as IoredisClient);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidArgumentError);
      return (error as InvalidArgumentError).argument;
    }
    return 'nothing';
  };

  test.each([
    ['a URL', 'redis://127.0.0.1'],
    ['null', null],
    ['a client without duplicate()', { options: {}, isCluster: false, callBuffer: String }],
    ['a client without raw calls', { options: {}, isCluster: false, duplicate: String }],
    [
      'a client that does not say whether it is a cluster',
      { options: {}, duplicate: String, callBuffer: String },
    ],
  ])('%s', (_what, client) => {
    expect(refused(client)).toBe('client');
  });

  test('keyPrefix, by its name', () => {
    expect(refused(new Redis({ lazyConnect, keyPrefix: 'app:' }))).toBe('client option keyPrefix');
    expect(refused(new Cluster([], { lazyConnect, keyPrefix: 'app:' }))).toBe('client option keyPrefix');
  });

  test('keyPrefix in redisOptions of a cluster', () => {
    const cluster = new Cluster([], { lazyConnect, redisOptions: { keyPrefix: 'app:' } });
    expect(refused(cluster)).toMatch(/keyPrefix$/);
  });

  test('replicas by sentinel', () => {
    const sentinels = [{ host: '127.0.0.1', port: 1 }];
    expect(refused(new Redis({ lazyConnect, sentinels, name: 'main', role: 'slave' }))).toBe(
      'client option role',
    );
    expect(refused(new Redis({ lazyConnect, sentinels, name: 'main' }))).toBe('nothing');
  });
});

describe.skipIf(!(await requireServers()))('the client is a recipe', () => {
  let server: ServerNode;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each(majors)('$name: it is not connected, changed or closed', async ({ redis }) => {
    const client = redis({ port: server.port, lazyConnect, protocol: 3, maxRetriesPerRequest: 7, db: 2 });
    const before = { ...client.options };
    const driver = createIoredisDriver(client);
    expect(await driver.send({ args: ['PING'], read: rawReply })).toBe('PONG');
    await (await driver.openLane()).close();
    await driver.close();
    expect(client.status).toBe('wait');
    expect(client.options).toEqual(before);
    await client.connect();
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });

  test.each(majors)('$name: options that do not fit are overridden on the duplicate', async ({ redis }) => {
    const client = redis({
      port: server.port,
      lazyConnect,
      enableAutoPipelining: true,
      stringNumbers: true,
      protocol: 3,
      replyMapping: 'resp3',
      commandTimeout: 1,
      blockingTimeout: 1,
      enableOfflineQueue: true,
      showFriendlyErrorStack: true,
      db: 3,
    });
    await using driver = createIoredisDriver(client);
    const [count, map, info] = await driver.batch([
      { args: ['HLEN', 'overridden'], read: rawReply },
      { args: ['CONFIG', 'GET', 'port'], read: rawReply },
      { args: ['CLIENT', 'INFO'], read: rawReply },
    ]);
    expect([count, map]).toEqual([
      { ok: true, value: 0 },
      { ok: true, value: ['port', String(server.port)] },
    ]);
    expect(info?.ok && info.value).toMatch(/ db=3 .* resp=2/);
    const lane = await driver.openLane();
    expect(await lane.send({ args: ['BLPOP', 'nobody', 0.05], read: rawReply })).toBeNull();
    expect(lane.lost.aborted).toBe(false);
  });

  test.each(majors)('$name: nothing stays open after close', async ({ redis }) => {
    const watcher = redis({ port: server.port });
    const driver = createIoredisDriver(redis({ port: server.port, lazyConnect }));
    const sink = { message: () => undefined, gap: () => undefined, invalidated: () => undefined };
    const feed = await driver.openFeed(sink, { tracking: [] });
    await feed.subscribe('channel', 'news');
    await driver.openLane();
    await driver.send({ args: ['PING'], read: rawReply });
    const others = async (): Promise<number> =>
      String(await watcher.client('LIST'))
        .trim()
        .split('\n').length - 1;
    expect(await others()).toBeGreaterThanOrEqual(4);
    await driver.close();
    await expect.poll(others).toBe(0);
    watcher.disconnect();
  });
});
