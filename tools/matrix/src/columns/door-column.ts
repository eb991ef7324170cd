import { createMemoryRedis } from '@penknife/driver-memory';
import { startServer } from '@penknife/driver-memory/server';
import type { Column } from '../column.js';
import type { ClientKind, Door } from './client-kind.js';
import { administer, engineSide } from './engine-side.js';
import { openClients } from './open-clients.js';

/** A real client that talks over TCP to the engine in this process. */
export function doorColumn(client: ClientKind): Column {
  return {
    name: `${client.name}, single, memory's door`,
    client: client.name,
    topology: 'single',
    memory: false,
    serverless: true,
    async open() {
      const redis = createMemoryRedis();
      const server = await startServer(redis);
      const door: Door = { port: server.port as number };
      const clients = openClients({ client: client.name, way: { single: door } }, (options) =>
        client.single(door, options),
      );
      const administrator = redis.driver();
      return {
        ...clients,
        ...engineSide(redis),
        admin: (...args) => administer(administrator, args),
        async reset() {
          await clients.end();
          redis.faults.restore();
          redis.flush();
        },
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
