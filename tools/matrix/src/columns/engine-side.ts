import { type Clock, type Driver, type Reply, rawReply } from '@penknife/core';
import type { MemoryRedis } from '@penknife/driver-memory';
import type { ContractFaults } from '@penknife/testing';
import type { AdminArgs, World } from '../column.js';
import { grownCalls } from '../command-counts.js';

/** How long a load takes, in ms of the engine's clock. */
const loadMs = 100;

/** Lets engines that share a clock load their data for a while. */
export async function loadAll(
  engines: readonly MemoryRedis['faults'][],
  clock: Clock,
): Promise<{ readonly done: Promise<void> }> {
  const loaded = engines.map((faults) => faults.load());
  return {
    done: clock.sleep(loadMs).then(() => {
      for (const end of loaded) end();
    }),
  };
}

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
    load: () => loadAll([faults], clock),
  };
}

/** What a world knows of an engine in this process, whoever talks to it and how. */
export function engineSide(
  redis: MemoryRedis,
): Pick<World, 'faults' | 'counts' | 'lastingKeys' | 'slowCommands'> {
  return {
    faults: faultsOf(redis),
    async counts(run) {
      const before = redis.inspect().commands;
      await run();
      return grownCalls(before, redis.inspect().commands);
    },
    lastingKeys: async () =>
      redis
        .inspect()
        .keys.filter(({ ttlMs }) => ttlMs === undefined)
        .map(({ key }) => key)
        .sort(),
    slowCommands: async () => [],
  };
}
