import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { requireServers, startServer } from '@penknife/redis-servers';
import { createClient } from 'redis';
import { wait } from '../../../src/real-time.js';
import type { Side } from './side.js';

/** The server that memory is compared with: Redis 7.0. */
const flavour = 'redis-7.0';

/** Whether that server is here; see `requireServers`. */
export const haveReference: boolean = await requireServers({ flavour });

/** Memory, and how its clock is moved. */
export async function openMemory(): Promise<Side> {
  const clock = createManualClock(Date.now());
  const redis = createMemoryRedis({ clock, seed: 1 });
  const driver = redis.driver();
  return {
    driver,
    lanes: [await driver.openLane(), await driver.openLane()],
    // The server's clock goes on while hundreds of programs run.
    begin: () => clock.advance(Math.max(0, Date.now() - clock.now())),
    wait: (ms) => clock.advance(ms),
    async close() {
      await driver.close();
      redis.close();
    },
  };
}

/** A private server, where waiting is real. */
export async function openReference(): Promise<Side> {
  const server = await startServer({ flavour, args: ['--maxclients', '100'] });
  const client = createClient({ url: `redis://127.0.0.1:${server.port}` });
  client.on('error', () => undefined);
  const driver = createNodeRedisDriver(client);
  return {
    driver,
    lanes: [await driver.openLane(), await driver.openLane()],
    wait,
    async close() {
      await driver.close();
      await server.stop();
    },
  };
}
