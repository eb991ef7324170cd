import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { startServer } from '@penknife/redis-servers';
import { type FaultProxy, startFaultProxy } from '@penknife/testing';
import { Cluster as IoredisCluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';

const host = '127.0.0.1';
/** How long a server may say nothing: the client's own bound for connecting. */
export const silenceMs = 250;
/** Through which port a server's own is reached. */
export type PortOf = (port: number) => number;

/** How a client's driver is made for a port. */
export interface ProxiedClient {
  single(port: number, connectTimeout: number): Driver;
  cluster(port: number, proxied: PortOf): Driver;
}

/** A driver of each client behind proxies. */
export const proxiedClients: Readonly<Record<string, ProxiedClient>> = {
  ioredis: {
    single: (port: number, connectTimeout: number) =>
      createIoredisDriver(new Redis({ host, port, connectTimeout, lazyConnect: true })),
    cluster: (port: number, proxied: PortOf) =>
      createIoredisDriver(
        new IoredisCluster([{ host, port: proxied(port) }], {
          lazyConnect: true,
          natMap: (address) => ({ host, port: proxied(portOf(address)) }),
          redisOptions: { connectTimeout: silenceMs },
        }),
      ),
  },
  'node-redis': {
    single: (port: number, connectTimeout: number) =>
      createNodeRedisDriver(createClient({ socket: { host, port, connectTimeout } })),
    cluster: (port: number, proxied: PortOf) =>
      createNodeRedisDriver(
        createCluster({
          rootNodes: [{ socket: { host, port: proxied(port) } }],
          defaults: { socket: { connectTimeout: silenceMs } },
          nodeAddressMap: (address) => ({ host, port: proxied(portOf(address)) }),
        }),
      ),
  },
};

/** A driver that reaches a server of its own through a proxy only; `ends` get what ends the three, in the order they were begun. */
export async function behindProxy(
  client: ProxiedClient,
  connectTimeout: number,
  ends: (() => unknown)[],
): Promise<{ readonly driver: Driver; readonly proxy: FaultProxy }> {
  const server = await startServer();
  ends.push(() => server.stop());
  const proxy = await startFaultProxy({ port: server.port });
  ends.push(() => proxy.close());
  const driver = client.single(proxy.port, connectTimeout);
  ends.push(() => driver.close());
  return { driver, proxy };
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
