import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { BenchCase, OpenContestant } from '../../case.js';
import { driverContestant } from '../pubsub/penknife.js';
import { rawIoredis, rawNodeRedis } from '../pubsub/raw-clients.js';
import { ioredisBatches, nodeRedisBatches } from './batches.js';
import { evalsha, get, loadScript, set } from './calls.js';
import { ioredisContestants, nodeRedisContestants, type RawCall } from './raw-clients.js';

const inFlight = [1, 64, 200];
const clients = { 'node-redis': nodeRedisContestants, ioredis: ioredisContestants };
const publishers: Readonly<Record<keyof typeof clients, readonly OpenContestant[]>> = {
  'node-redis': [
    ({ url }) =>
      driverContestant('penknife on node-redis', () => createNodeRedisDriver(createClient({ url }))),
    ({ url }) => rawNodeRedis(url),
  ],
  ioredis: [
    ({ url }) =>
      driverContestant('penknife on ioredis', () =>
        createIoredisDriver(new Redis(url, { lazyConnect: true })),
      ),
    ({ url }) => rawIoredis(url),
  ],
};
const batches = { 'node-redis': nodeRedisBatches, ioredis: ioredisBatches };

function overhead(client: keyof typeof clients, act: string, call: RawCall): BenchCase {
  return {
    name: `driver/${client}-${act}`,
    question: `What does the driver cost over ${client} itself, for ${act.toUpperCase()}?`,
    inFlight,
    async prepareServer({ server }) {
      const setup = await createClient({ url: server.url }).connect();
      await setup.sendCommand(loadScript);
      setup.destroy();
    },
    apart: clients[client](call),
  };
}

function batched(client: keyof typeof batches): BenchCase {
  return {
    name: `driver/${client}-batch`,
    question: `What does a batch of 100 GETs cost over ${client} itself?`,
    inFlight,
    apart: batches[client](get),
  };
}

function published(client: keyof typeof publishers): BenchCase {
  return {
    name: `driver/${client}-publish`,
    question: `What does a message from one connection to another cost over ${client} itself?`,
    inFlight,
    apart: publishers[client],
  };
}

/** What the drivers cost over the clients they stand on; the differences are small, so each contestant has its own process. */
export const driverCases: readonly BenchCase[] = (['node-redis', 'ioredis'] as const).flatMap((client) => [
  overhead(client, 'get', get),
  overhead(client, 'set', set),
  overhead(client, 'evalsha', evalsha),
  batched(client),
  published(client),
]);
