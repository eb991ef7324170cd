import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createMemoryRedis } from '@penknife/driver-memory';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import type { Backend } from './config.js';

/** Where drivers come from: each instance of the service takes one of its own. */
export interface OpenBackend {
  driver(): Driver;
  close(): Promise<void>;
}

/** Opens a backend: the one place of the arena that knows which client is in use. */
export function openBackend(backend: Backend): OpenBackend {
  if (backend.kind === 'memory') {
    const redis = createMemoryRedis();
    return { driver: () => redis.driver(), close: async () => redis.close() };
  }
  const drivers: Driver[] = [];
  return {
    driver() {
      const driver = driverFor(backend);
      drivers.push(driver);
      return driver;
    },
    async close() {
      await Promise.all(drivers.map((driver) => driver.close()));
    },
  };
}

function driverFor(backend: Exclude<Backend, { kind: 'memory' }>): Driver {
  if (backend.kind === 'server') {
    return backend.client === 'ioredis'
      ? createIoredisDriver(new Redis(backend.url, { lazyConnect: true }))
      : createNodeRedisDriver(createClient({ url: backend.url }));
  }
  const nodes = backend.nodes.map(({ host, port }) => ({ host, port }));
  return backend.client === 'ioredis'
    ? createIoredisDriver(new Cluster(nodes, { lazyConnect: true }))
    : createNodeRedisDriver(createCluster({ rootNodes: nodes.map((socket) => ({ socket })) }));
}

/** The backend in words, without credentials. */
export function describeBackend(backend: Backend): string {
  if (backend.kind === 'memory') return 'the memory driver (no server)';
  const where =
    backend.kind === 'cluster' ? `a cluster of ${backend.nodes.length} known nodes` : 'one server';
  return `${where} through ${backend.client}`;
}
