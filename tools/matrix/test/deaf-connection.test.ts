import { type Driver, isPenknifeError, rawReply } from '@penknife/core';
import { type Cluster, requireServers, startCluster, startServer } from '@penknife/redis-servers';
import { type FaultProxy, startFaultProxy } from '@penknife/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { behindProxy, type PortOf, proxiedClients, silenceMs } from './proxied-clients.js';

/** Never reached: a connection that is slow on a busy machine shall not be taken for a deaf one. */
const patientMs = 60_000;

function increment(driver: Driver, key: string, deadlineMs: number): Promise<unknown> {
  return driver.send({ args: ['INCR', key], key, read: rawReply }, { deadlineMs });
}

const connectionId = (driver: Driver) => driver.send({ args: ['CLIENT', 'ID'], read: rawReply });

/** Calls until one is answered; what is not answered must say so. */
async function answeredAgain(driver: Driver, key: string): Promise<void> {
  await vi.waitFor(async () => {
    const error = await increment(driver, key, 50).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined) expect(isPenknifeError(error)).toBe(true);
    expect(error).toBeUndefined();
  }, 20_000);
}

describe.skipIf(!(await requireServers())).each(Object.entries(proxiedClients))(
  'a connection that has gone deaf, %s',
  (_name, client) => {
    const ends: (() => unknown)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    it('half open: another takes its place', async () => {
      const { driver, proxy } = await behindProxy(client, silenceMs, ends);
      await driver.send({ args: ['PING'], read: rawReply });

      proxy.halfOpen();

      const unanswered = increment(driver, 'counter', 50);
      await expect(unanswered).rejects.toMatchObject({ kind: 'deadline' });
      await answeredAgain(driver, 'counter');
    });

    it('half open to one node of a cluster: that connection alone is replaced', async () => {
      const cluster = await startCluster();
      ends.push(() => cluster.stop());
      const proxies = await behindProxies(cluster);
      const primary = cluster.nodes[0]?.port as number;
      const proxied: PortOf = (port) => proxies.get(port)?.port ?? port;
      const driver = client.cluster(primary, proxied);
      ends.push(() => driver.close());
      const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const key of keys) await increment(driver, key, 5000);

      proxies.get(primary)?.halfOpen();

      for (const key of keys) await answeredAgain(driver, key);
    });

    it('half open for a feed that waits for an acknowledgement: another takes its place, with a gap', async () => {
      const { driver, proxy } = await behindProxy(client, silenceMs, ends);
      const heard: string[] = [];
      const gaps: string[] = [];
      const feed = await driver.openFeed({
        message: (_kind, channel) => void heard.push(channel),
        gap: (_scope, reason) => void gaps.push(reason),
        invalidated: () => undefined,
      });
      await feed.subscribe('channel', 'before');

      proxy.halfOpen();

      await feed.subscribe('channel', 'after');
      await vi.waitFor(() => expect(gaps).toHaveLength(1), 5000);
      for (const channel of ['before', 'after'])
        await vi.waitFor(
          () => driver.send({ args: ['PUBLISH', channel, 'x'], read: rawReply }, { deadlineMs: 250 }),
          20_000,
        );
      await vi.waitFor(() => expect(new Set(heard)).toEqual(new Set(['before', 'after'])), 5000);
    });

    it('a server that stood still and answers again keeps its connection', async () => {
      const server = await startServer();
      ends.push(() => server.stop());
      const driver = client.single(server.port, patientMs);
      ends.push(() => driver.close());
      const before = await connectionId(driver);

      await server.pause();
      await expect(increment(driver, 'counter', 50)).rejects.toMatchObject({ kind: 'deadline' });
      await server.resume();

      expect(await connectionId(driver)).toBe(before);
    });

    async function behindProxies(cluster: Cluster): Promise<Map<number, FaultProxy>> {
      const proxies = new Map<number, FaultProxy>();
      for (const { port } of cluster.nodes) {
        const proxy = await startFaultProxy({ port });
        ends.push(() => proxy.close());
        proxies.set(port, proxy);
      }
      return proxies;
    }
  },
);
