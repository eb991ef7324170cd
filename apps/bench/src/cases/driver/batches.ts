import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { Contestant, OpenContestant } from '../../case.js';
import { untimedClient } from '../untimed-client.js';
import type { RawCall } from './raw-clients.js';

/** Commands of one batch. */
const size = 100;
const ours = 'each command settles by itself, a deadline on each';

/** node-redis: a batch of ours, the same commands sent side by side, and the client's own pipeline. */
export function nodeRedisBatches(call: RawCall): readonly OpenContestant[] {
  return [
    async ({ url }) =>
      throughDriver('penknife on node-redis', createNodeRedisDriver(createClient({ url })), call),
    async ({ url }) => {
      const raw = await untimedClient(url);
      return {
        name: 'node-redis, timer off, allSettled',
        guarantees: 'each command settles by itself, no deadline',
        operations: size,
        run: (turn) => Promise.allSettled(batchOf(turn, (at) => raw.sendCommand(call.args(at)))),
        close: async () => raw.destroy(),
      };
    },
    async ({ url }) => {
      const pipelining = await createClient({ url, RESP: 2 }).connect();
      return {
        name: 'node-redis execAsPipeline',
        guarantees: 'the first error takes all other answers with it',
        operations: size,
        run: (turn) => {
          const multi = pipelining.multi();
          for (const args of batchOf(turn, call.args)) multi.addCommand(args);
          return multi.execAsPipeline();
        },
        close: async () => pipelining.destroy(),
      };
    },
  ];
}

/** ioredis: a batch of ours and the client's own pipeline. */
export function ioredisBatches(call: RawCall): readonly OpenContestant[] {
  return [
    async ({ url }) =>
      throughDriver('penknife on ioredis', createIoredisDriver(new Redis(url, { lazyConnect: true })), call),
    async ({ url }) => {
      const raw = new Redis(url);
      return {
        name: 'ioredis pipeline',
        guarantees: 'each command settles by itself, no deadline; one node only',
        operations: size,
        run: (turn) => {
          const pipeline = raw.pipeline();
          for (const [name = '', ...rest] of batchOf(turn, call.args)) pipeline.call(name, ...rest);
          return pipeline.exec();
        },
        close: async () => raw.disconnect(),
      };
    },
  ];
}

function throughDriver(name: string, driver: Driver, call: RawCall): Contestant {
  return {
    name,
    guarantees: ours,
    operations: size,
    run: (turn) => driver.batch(batchOf(turn, call.command)),
    close: () => driver.close(),
  };
}

function batchOf<T>(turn: number, make: (turn: number) => T): T[] {
  return Array.from({ length: size }, (_, i) => make(turn * size + i));
}
