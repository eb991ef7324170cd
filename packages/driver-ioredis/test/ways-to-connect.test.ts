import { readFileSync } from 'node:fs';
import { type Driver, type FeedSink, rawReply } from '@penknife/core';
import { requireServers, type ServerNode, startServer } from '@penknife/redis-servers';
import type { RedisOptions } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIoredisDriver } from '../src/index.js';
import { majors } from './majors.js';

describe.skipIf(!(await requireServers())).each(majors)(
  '$name: all connections take the recipe’s way',
  ({ redis }) => {
    let server: ServerNode;
    beforeAll(async () => {
      server = await startServer({ tls: true, args: ['--requirepass', 'secret'] });
    });
    afterAll(() => server.stop());

    const ways: Record<string, () => RedisOptions> = {
      TLS: () => ({
        port: server.tls!.port,
        tls: { ca: readFileSync(server.tls!.ca), servername: 'localhost' },
      }),
      'a unix socket': () => ({ path: server.socketPath }),
    };

    test.each(Object.entries(ways))('%s, with a password', async (_way, options) => {
      const client = redis({ ...options(), host: '127.0.0.1', password: 'secret', lazyConnect: true });
      await using driver: Driver = createIoredisDriver(client);
      const bytes = Buffer.from([0, 255, 10, 13, 128]);
      expect(await driver.send({ args: ['SET', 'bytes', bytes], read: rawReply })).toBe('OK');
      const lane = await driver.openLane();
      expect(await lane.send({ args: ['GET', 'bytes'], bytes: true, read: rawReply })).toEqual(bytes);
      const heard: Uint8Array[] = [];
      const sink: FeedSink = {
        message: (_kind, _channel, payload) => heard.push(payload),
        gap() {},
        invalidated() {},
      };
      const feed = await driver.openFeed(sink);
      await feed.subscribe('channel', 'news');
      await driver.send({ args: ['PUBLISH', 'news', bytes], read: rawReply });
      await expect.poll(() => heard.length).toBe(1);
      expect(Buffer.compare(heard[0]!, bytes)).toBe(0);
    });
  },
);
