import { rawReply } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { simulate } from '@penknife/testing';
import type { BenchCase } from '../../case.js';

const schedules = 500;
const increment = { args: ['INCR', 'counter'], key: 'counter', read: rawReply } as const;

/** Schedules of a scenario as small as can be: three processes that send two commands each, with every kind of weather. */
export const simulatorCase: BenchCase = {
  name: 'memory/simulator',
  question: 'three simulated processes of two commands each: schedules, not commands, are counted',
  inFlight: [1],
  usesServer: false,
  prepare: async () => [
    {
      name: 'simulate of @penknife/testing',
      guarantees: 'every interleaving and fault from a seed',
      operations: schedules,
      run: (turn) =>
        simulate({
          engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
          seeds: Array.from({ length: schedules }, (_, i) => turn * schedules + i + 1),
          processes: 3,
          faults: ['pause', 'lost-reply'],
          async scenario({ driver }) {
            await driver.send(increment);
            await driver.send(increment);
          },
          check: () => undefined,
        }),
      close: async () => undefined,
    },
  ],
};
