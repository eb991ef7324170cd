import { createManualClock, type Driver, type Reply, rawReply } from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';
import type { ContractDriverOptions, ContractFaults } from '@penknife/testing';
import type { AdminArgs, Column, World } from '../column.js';
import { grownCalls } from '../command-counts.js';
import { driverOptions } from './client-kind.js';

/** How long a load takes, in ms of the manual clock. */
const loadMs = 100;

/** Sends a raw command as a client of its own, on a lane: there it may be any command. */
export async function administer(driver: Driver, args: AdminArgs): Promise<Reply> {
  const lane = await driver.openLane();
  try {
    const [name, ...rest] = args;
    return await lane.send({ args: [name as Uppercase<string>, ...rest], read: rawReply });
  } finally {
    await lane.close();
  }
}

function faultsOf({ faults, clock }: MemoryRedis): ContractFaults {
  return {
    cutConnections: async () => faults.cut(),
    kill: async () => faults.refuse({ loseData: true }),
    restart: async () => faults.restore(),
    pause: async () => faults.pause(),
    resume: async () => faults.resume(),
    async load() {
      const loaded = faults.load();
      return {
        done: clock.sleep(loadMs).then(loaded),
      };
    },
  };
}

/** The engine in the process: no server, and a clock that is moved by hand. */
export const memoryColumn: Column = {
  name: 'memory',
  client: 'memory',
  topology: 'single',
  memory: true,
  async open(): Promise<World> {
    const clock = createManualClock();
    const redis = createMemoryRedis({ clock, seed: 1 });
    const open: Driver[] = [];
    const made = (options: ContractDriverOptions = {}): Driver => {
      const driver = redis.driver({
        ...driverOptions(options),
        ...(options.credentials && { credentials: options.credentials }),
      });
      open.push(driver);
      return driver;
    };
    const administrator = redis.driver();
    const admin = (...args: AdminArgs): Promise<Reply> => administer(administrator, args);
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
      faults: faultsOf(redis),
      async counts(run) {
        const before = redis.inspect().commands;
        await run();
        return grownCalls(before, redis.inspect().commands);
      },
      async reset() {
        await end();
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
        await end();
        await administrator.close();
        redis.close();
      },
    };
  },
};
