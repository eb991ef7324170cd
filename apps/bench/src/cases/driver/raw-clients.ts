import type { Command, Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { Contestant, OpenContestant } from '../../case.js';
import { untimedClient } from '../untimed-client.js';

const client = 'the client’s own: queues while disconnected, may re-send';
const ours = 'at most once, a deadline on every call, no offline queue';

/** How a client is asked for one command, in the three ways that are compared. */
export interface RawCall {
  readonly command: (turn: number) => Command<unknown>;
  /** The same as text, for the clients' raw calls. */
  readonly args: (turn: number) => string[];
}

/** node-redis: our driver, the client with its command timer off, and the client as installed. */
export function nodeRedisContestants(call: RawCall): readonly OpenContestant[] {
  return [
    async ({ url }) =>
      throughDriver('penknife on node-redis', createNodeRedisDriver(createClient({ url })), call),
    async ({ url }) => {
      const untimed = await untimedClient(url);
      return {
        name: 'node-redis, timer off',
        guarantees: client,
        run: (turn) => untimed.sendCommand(call.args(turn)),
        close: async () => untimed.destroy(),
      };
    },
    async ({ url }) => {
      const raw = await createClient({ url }).connect();
      return {
        name: 'node-redis as installed',
        guarantees: client,
        run: (turn) => raw.sendCommand(call.args(turn)),
        close: async () => raw.destroy(),
      };
    },
  ];
}

/** ioredis: our driver and the client as installed. */
export function ioredisContestants(call: RawCall): readonly OpenContestant[] {
  return [
    async ({ url }) =>
      throughDriver('penknife on ioredis', createIoredisDriver(new Redis(url, { lazyConnect: true })), call),
    async ({ url }) => {
      const raw = new Redis(url);
      return {
        name: 'ioredis as installed',
        guarantees: client,
        run: (turn) => {
          const [name = '', ...rest] = call.args(turn);
          return raw.call(name, ...rest);
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
    run: (turn) => driver.send(call.command(turn)),
    close: () => driver.close(),
  };
}
