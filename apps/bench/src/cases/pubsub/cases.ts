import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { BenchCase } from '../../case.js';
import { layerContestants } from './layers.js';
import { driverContestant, fireContestant, logContestant } from './penknife.js';
import { presence } from './presence.js';
import { logPublishing, storedByHand } from './publishing.js';
import { rawIoredis, rawNodeRedis } from './raw-clients.js';
import { sockets } from './sockets.js';
import { fanOut, recovery, resubscription } from './wide.js';

const onIoredis = (url: string) => (): Driver => createIoredisDriver(new Redis(url, { lazyConnect: true }));
const onNodeRedis = (url: string) => (): Driver => createNodeRedisDriver(createClient({ url }));

/** What channels cost over raw clients and beside other layers, and the four ways in which they have to be wide. */
export const pubSubCases: readonly BenchCase[] = [
  {
    name: 'pubsub/fire-ioredis',
    question: 'How many messages a second get through from one process to another, on ioredis?',
    inFlight: [1, 200],
    async prepare(context) {
      const { url } = context.server;
      return [
        await fireContestant('penknife fire on ioredis', onIoredis(url)),
        await driverContestant('the same driver, raw', onIoredis(url)),
        await rawIoredis(url),
        ...(await layerContestants(context)),
      ];
    },
  },
  {
    name: 'pubsub/fire-node-redis',
    question: 'How many messages a second get through from one process to another, on node-redis?',
    inFlight: [1, 200],
    prepare: async ({ server: { url } }) => [
      await fireContestant('penknife fire on node-redis', onNodeRedis(url)),
      await driverContestant('the same driver, raw', onNodeRedis(url)),
      await rawNodeRedis(url),
    ],
  },
  {
    name: 'pubsub/log',
    question: 'What does a message cost that is stored, ordered and delivered?',
    inFlight: [1, 200],
    prepare: async ({ server: { url } }) => [
      await logContestant('penknife log on ioredis', onIoredis(url)),
      await logContestant('penknife log on node-redis', onNodeRedis(url)),
      await rawIoredis(url),
    ],
  },
  {
    name: 'pubsub/log-publish',
    question: 'How many messages a second are stored, numbered and published?',
    inFlight: [1, 200],
    prepare: async ({ server: { url } }) => [
      logPublishing('penknife log on ioredis', onIoredis(url)),
      logPublishing('penknife log on node-redis', onNodeRedis(url)),
      storedByHand(url),
    ],
  },
  // Apart: whoever is present on the same server counts, too.
  ...[10, 10_000].map(
    (users): BenchCase => ({
      name: `pubsub/presence-${users}`,
      question: `How many commands keep ${users} users of one process present, for the time of one lease?`,
      inFlight: [1],
      prepare: async ({ server: { url } }) => [await presence(users, onIoredis(url))],
    }),
  ),
  {
    name: 'pubsub/fan-out',
    question: 'How many deliveries a second does one process make, one publish to a thousand listeners?',
    inFlight: [1],
    prepare: async ({ server: { url } }) => [
      await fanOut('penknife on ioredis', onIoredis(url)),
      await fanOut('penknife on node-redis', onNodeRedis(url)),
    ],
  },
  {
    name: 'pubsub/recovery',
    question: 'How long does it take to read 10 000 missed messages?',
    inFlight: [1],
    prepare: async ({ server: { url } }) => [
      await recovery('penknife on ioredis', onIoredis(url)),
      await recovery('penknife on node-redis', onNodeRedis(url)),
    ],
  },
  {
    name: 'pubsub/resubscription',
    question: 'How long until 10 000 channels are live again after their connection was killed?',
    inFlight: [1],
    prepare: async ({ server }) => [
      await resubscription('penknife on ioredis', onIoredis(server.url), server),
    ],
  },
  {
    name: 'pubsub/sockets',
    question: 'What does one instance spend on a message to one of 5 000 sockets in a room?',
    inFlight: [1],
    prepare: async ({ server: { url } }) => [await sockets('penknife on ioredis', onIoredis(url))],
  },
];
