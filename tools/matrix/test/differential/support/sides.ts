import { createManualClock } from '@penknife/core';
import { type Compatibility, createMemoryRedis } from '@penknife/driver-memory';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { type Flavour, requireServers, startServer } from '@penknife/redis-servers';
import { createClient } from 'redis';
import { wait } from '../../../src/real-time.js';
import { plainOutcome } from './plain-outcome.js';
import type { Side } from './side.js';

/** The server of each compatibility. */
const flavourOf: Readonly<Record<Compatibility, Flavour>> = {
  '7.0': 'redis-7.0',
  '8.0': 'redis-8.0',
  '8.6': 'redis-8.6',
  'valkey-8.1': 'valkey-8.1',
  'valkey-9': 'valkey-9',
};

/** Whether the server of a compatibility is here; see `requireServers`. */
export function haveServerOf(compatibility: Compatibility): Promise<boolean> {
  return requireServers({ flavour: flavourOf[compatibility] });
}

/** Whether Redis 7.0, the reference, is here. */
export const haveReference: boolean = await haveServerOf('7.0');

function viewOf(compatibility: Compatibility): Pick<Side, 'view'> {
  return compatibility === '7.0' ? {} : { view: plainOutcome };
}

/** Memory, and how its clock is moved. */
export async function openMemory(compatibility: Compatibility = '7.0'): Promise<Side> {
  const clock = createManualClock(Date.now());
  const redis = createMemoryRedis({ clock, seed: 1, compatibility });
  const driver = redis.driver();
  return {
    driver,
    ...viewOf(compatibility),
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
export async function openReference(compatibility: Compatibility = '7.0'): Promise<Side> {
  const server = await startServer({ flavour: flavourOf[compatibility], args: ['--maxclients', '100'] });
  const client = createClient({ url: `redis://127.0.0.1:${server.port}` });
  client.on('error', () => undefined);
  const driver = createNodeRedisDriver(client);
  return {
    driver,
    ...viewOf(compatibility),
    lanes: [await driver.openLane(), await driver.openLane()],
    wait,
    async close() {
      await driver.close();
      await server.stop();
    },
  };
}
