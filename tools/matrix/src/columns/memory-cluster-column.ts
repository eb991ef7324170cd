import {
  type Clock,
  createManualClock,
  type Driver,
  type Reply,
  rawReply,
  ServerError,
} from '@penknife/core';
import { createMemoryRedis, type MemoryCluster } from '@penknife/driver-memory';
import type { ContractDriverOptions, ContractFaults } from '@penknife/testing';
import type { AdminArgs, Column, World } from '../column.js';
import { grownCalls } from '../command-counts.js';
import { driverOptions } from './client-kind.js';
import { loadAll } from './engine-side.js';

/** Writes that a failover of the column loses. */
const lostWrites = 3;

/** Sends to the primary of the command's key, or to all primaries when it has none: then the first one's reply. */
async function administer(driver: Driver, args: AdminArgs): Promise<Reply> {
  const [name, ...rest] = args;
  const command = { args: [name as Uppercase<string>, ...rest] as const, read: rawReply };
  const lanes = await driver.nodes();
  try {
    const keys = (await lanes[0]
      ?.send({ args: ['COMMAND', 'GETKEYS', name, ...rest], read: rawReply })
      .catch((error: unknown) => {
        if (error instanceof ServerError) return [];
        throw error;
      })) as readonly string[];
    if (keys[0] !== undefined) {
      const lane = await driver.openLane({ key: keys[0] });
      return await lane.send(command).finally(() => lane.close());
    }
    const asked = name === 'PUBLISH' ? lanes.slice(0, 1) : lanes;
    const replies = await Promise.all(asked.map((lane) => lane.send(command)));
    return replies[0] as Reply;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

function faultsOf(cluster: MemoryCluster, clock: Clock): ContractFaults {
  const shardOf = (key: string): number => {
    const shard = cluster.shardOf(key);
    if (shard === undefined) throw new Error(`nobody serves ${key}`);
    return shard;
  };
  const of = (key: string): ReturnType<MemoryCluster['faults']> => cluster.faults(shardOf(key));
  const everywhere = (): ReturnType<MemoryCluster['faults']>[] =>
    Array.from({ length: cluster.shards }, (_, shard) => cluster.faults(shard));
  return {
    async cutConnections() {
      for (const faults of everywhere()) faults.cut();
    },
    load: () => loadAll(everywhere(), clock),
    kill: async (key) => of(key).refuse({ loseData: true }),
    restart: async (key) => of(key).restore(),
    pause: async (key) => of(key).pause(),
    resume: async (key) => of(key).resume(),
    async failOver(key) {
      // Held up first, so that there are calls on their way when it dies: they are answered in the same turn otherwise.
      of(key).pause();
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      cluster.failOver(shardOf(key), { lose: lostWrites });
    },
    async moveSlot(key) {
      const move = cluster.moveSlot(key);
      return {
        keys: async (...keys) => move.keys(...keys),
        finish: async () => move.finish(),
      };
    },
    async dropSlot(key) {
      const restore = cluster.dropSlot(key);
      return async () => restore();
    },
  };
}

/** Three primaries with their replicas in the process, and a clock that is moved by hand. */
export const memoryClusterColumn: Column = {
  name: 'memory cluster',
  client: 'memory',
  topology: 'cluster',
  memory: true,
  async open(): Promise<World> {
    const clock = createManualClock();
    const cluster = createMemoryRedis({ clock, seed: 1, cluster: { shards: 3 } });
    const open: Driver[] = [];
    const made = (options: ContractDriverOptions = {}): Driver => {
      const driver = cluster.driver({
        ...driverOptions(options),
        ...(options.credentials && { credentials: options.credentials }),
      });
      open.push(driver);
      return driver;
    };
    const admin = async (...args: AdminArgs): Promise<Reply> => {
      const administrator = cluster.driver();
      return administer(administrator, args).finally(() => administrator.close());
    };
    const end = async (): Promise<void> => {
      await Promise.all(open.splice(0).map((driver) => driver.close()));
    };
    return {
      clock,
      advance: (ms) => clock.advance(ms),
      driver: async (options) => made(options),
      driverWithClient: async () => ({
        driver: made(),
        clientAnswers: async () => (await admin('PING')) === 'PONG',
      }),
      startWorker: () => Promise.reject(new Error('the memory engine lives in this process alone')),
      admin,
      faults: faultsOf(cluster, clock),
      async counts(run) {
        const before = cluster.inspect().commands;
        await run();
        return grownCalls(before, cluster.inspect().commands);
      },
      lastingKeys: async () =>
        cluster
          .inspect()
          .keys.filter(({ ttlMs }) => ttlMs === undefined)
          .map(({ key }) => key)
          .sort(),
      slowCommands: async () => [],
      async reset() {
        await end();
        cluster.reset();
      },
      async close() {
        await end();
        cluster.close();
      },
    };
  },
};
