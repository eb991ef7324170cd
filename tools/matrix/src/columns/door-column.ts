import type { Driver, Reply } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { startServer } from '@penknife/driver-memory/server';
import type { AdminArgs, Column } from '../column.js';
import { grownCalls } from '../command-counts.js';
import { wait } from '../real-time.js';
import type { ClientKind } from './client-kind.js';
import { administer } from './memory-column.js';
import { openClients } from './open-clients.js';

/** How long a load takes. */
const loadMs = 100;

/** A real client that talks over TCP to the engine in this process. */
export function doorColumn(client: ClientKind): Column {
  return {
    name: `${client.name}, single, memory's door`,
    client: client.name,
    topology: 'single',
    memory: false,
    async open() {
      const redis = createMemoryRedis();
      const server = await startServer(redis);
      const clients = openClients((options) => client.single({ port: server.port as number }, options));
      const administrator: Driver = redis.driver();
      const admin = (...args: AdminArgs): Promise<Reply> => administer(administrator, args);
      return {
        ...clients,
        admin,
        faults: {
          cutConnections: async () => redis.faults.cut(),
          kill: async () => redis.faults.refuse({ loseData: true }),
          restart: async () => redis.faults.restore(),
          pause: async () => redis.faults.pause(),
          resume: async () => redis.faults.resume(),
          async load() {
            const loaded = redis.faults.load();
            return { done: wait(loadMs).then(loaded) };
          },
        },
        async counts(run) {
          const before = redis.inspect().commands;
          await run();
          return grownCalls(before, redis.inspect().commands);
        },
        async reset() {
          await clients.end();
          redis.faults.restore();
          redis.flush();
        },
        lastingKeys: async () =>
          redis
            .inspect()
            .keys.filter(({ ttlMs }) => ttlMs === undefined)
            .map(({ key }) => key)
            .sort(),
        slowCommands: async () => [],
        async close() {
          await clients.end();
          await administrator.close();
          await server.close();
          redis.close();
        },
      };
    },
  };
}
