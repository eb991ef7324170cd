import { rawReply } from '@penknife/core';
import {
  leaseCluster,
  RespClient,
  requireServers,
  type ServerNode,
  startServer,
} from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRedisDriver } from '../src/index.js';
import { majors } from './majors.js';

const ping = { args: ['PING'] as const, read: rawReply };

const here = await requireServers();

describe.skipIf(!here).each(majors)('the client handed over (redis $major)', ({ redis }) => {
  let server: ServerNode;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('need not be connected, and stays so', async () => {
    const client = redis.createClient({ url: server.url });
    const driver = createNodeRedisDriver(client);
    expect(await driver.send(ping)).toBe('PONG');
    expect(client.isOpen).toBe(false);
    await driver.close();
    await client.connect();
    expect(await client.ping()).toBe('PONG');
    client.destroy();
  });

  it('keeps its options, its listeners and its connection', async () => {
    const socket = { host: server.host, port: server.port, reconnectStrategy: 7 };
    const options = { socket, name: 'recipe', RESP: 3 as const };
    const client = redis.createClient(options);
    await client.connect();
    const before = structuredClone({ ...options, socket });
    const events = client.eventNames();
    const driver = createNodeRedisDriver(client);
    const lane = await driver.openLane();
    const feed = await driver.openFeed({ message() {}, gap() {}, invalidated() {} });
    await feed.subscribe('channel', 'a');
    await driver.send(ping);
    expect(await lane.send({ args: ['CLIENT', 'GETNAME'], read: rawReply })).toBe('recipe');
    await driver.close();
    expect({ ...options, socket }).toEqual(before);
    expect(client.eventNames()).toEqual(events);
    expect(client.isReady).toBe(true);
    expect(await client.hGetAll('missing')).toEqual({});
    client.destroy();
  });

  it('is the only one connected after close', async () => {
    const admin = new RespClient(server.port);
    const driver = createNodeRedisDriver(redis.createClient({ url: server.url }));
    await Promise.all([driver.send(ping), driver.openLane(), driver.openLane()]);
    const feed = await driver.openFeed({ message() {}, gap() {}, invalidated() {} });
    await feed.subscribe('channel', 'a');
    const clients = async (): Promise<number> =>
      String(await admin.command('CLIENT', 'LIST'))
        .trim()
        .split('\n').length;
    expect(await clients()).toBe(5);
    await driver.close();
    while ((await clients()) > 1);
    admin.close();
  });

  it('leaves nothing behind when closed while connecting', async () => {
    const admin = new RespClient(server.port);
    const driver = createNodeRedisDriver(redis.createClient({ url: server.url }));
    const call = driver.send(ping).catch((error) => error);
    const lane = driver.openLane().catch((error) => error);
    await driver.close();
    expect(await call).toMatchObject({ kind: 'closed' });
    expect(await lane).toMatchObject({ kind: 'closed' });
    while (
      String(await admin.command('CLIENT', 'LIST'))
        .trim()
        .split('\n').length > 1
    );
    admin.close();
  });

  it('may be a cluster client, whose options stay as they are', async () => {
    const cluster = await leaseCluster();
    const rootNodes = cluster.nodes.map((node) => ({ url: node.url }));
    const options = { rootNodes, defaults: { name: 'recipe' } };
    const before = structuredClone(options);
    const client = redis.createCluster(options);
    const driver = createNodeRedisDriver(client);
    expect(await driver.send({ ...ping, key: 'a' })).toBe('PONG');
    expect(client.isOpen).toBe(false);
    expect(options).toEqual(before);
    await driver.close();
    await client.connect();
    expect(await client.set('a', '1')).toBe('OK');
    client.destroy();
    await cluster.release();
  });
});
