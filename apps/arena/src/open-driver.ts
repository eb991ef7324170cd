import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createMemoryDriver } from '@penknife/driver-memory';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import type { Backend } from './config.js';

/** Opens the driver for a backend: the one place of the arena that knows which client is in use. */
export function openDriver(backend: Backend): Driver {
  switch (backend.kind) {
    case 'memory':
      return createMemoryDriver();
    case 'server':
      return backend.client === 'ioredis'
        ? createIoredisDriver(new Redis(backend.url, { lazyConnect: true }))
        : createNodeRedisDriver(createClient({ url: backend.url }));
    case 'cluster': {
      const { nodes } = backend;
      return backend.client === 'ioredis'
        ? createIoredisDriver(new Cluster([...nodes], { lazyConnect: true }))
        : createNodeRedisDriver(
            createCluster({ rootNodes: nodes.map(({ host, port }) => ({ socket: { host, port } })) }),
          );
    }
  }
}

/** The backend in words, without credentials. */
export function describeBackend(backend: Backend): string {
  if (backend.kind === 'memory') return 'the memory driver (no server)';
  const where =
    backend.kind === 'cluster' ? `a cluster of ${backend.nodes.length} known nodes` : 'one server';
  return `${where} through ${backend.client}`;
}
