import { leaseCluster, startServer } from '@penknife/redis-servers';
import type { Backend } from '../src/config.js';

/** A backend that lasts as long as a test file. */
export interface TestBackend {
  readonly backend: Backend;
  end(): Promise<void>;
}

/** Every way to run the arena: the memory driver, and each client on one server and on a cluster. */
export const backends: readonly (readonly [name: string, open: () => Promise<TestBackend>])[] = [
  ['memory', async () => ({ backend: { kind: 'memory' }, end: async () => undefined })],
  ...(['node-redis', 'ioredis'] as const).flatMap((client) => [
    [`${client}, one server`, () => onServer(client)] as const,
    [`${client}, cluster`, () => onCluster(client)] as const,
  ]),
];

async function onServer(client: 'node-redis' | 'ioredis'): Promise<TestBackend> {
  const server = await startServer();
  return { backend: { kind: 'server', client, url: server.url }, end: () => server.stop() };
}

async function onCluster(client: 'node-redis' | 'ioredis'): Promise<TestBackend> {
  const cluster = await leaseCluster();
  const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
  return { backend: { kind: 'cluster', client, nodes }, end: () => cluster.release() };
}
