import { type Driver, rawReply, systemClock } from '@penknife/core';
import { createDriver } from '@penknife/core/driver-kit';
import type { ContractSetup } from '@penknife/testing';
import { wait } from '../../real-time.js';
import { driverOptions } from '../client-kind.js';
import { createMockTransport } from './mock-transport.js';

let ports = 1;

/**
 * The contract suite's setup for ioredis-mock (on ioredis 5, as it demands), through an adapter that exists for this list
 * alone. Every setup has data of its own.
 */
export function mockSetup(): ContractSetup & { close(): Promise<void> } {
  const port = ports++;
  const open: Driver[] = [];
  const made = (options: Parameters<ContractSetup['create']>[0] = {}): Driver => {
    const driver = createDriver(createMockTransport(port), { ...driverOptions(options), clock: systemClock });
    open.push(driver);
    return driver;
  };
  return {
    name: 'ioredis-mock',
    topology: 'single',
    create: async (options) => made(options),
    createWithClient: async () => ({ driver: made(), clientAnswers: async () => true }),
    admin: async (name, ...rest) => {
      const lane = await made().openLane();
      return lane.send({ args: [name as Uppercase<string>, ...rest], read: rawReply });
    },
    advance: wait,
    faults: {},
    skips: {},
    patienceMs: 250,
    close: async () => void (await Promise.allSettled(open.map((driver) => driver.close()))),
  };
}
