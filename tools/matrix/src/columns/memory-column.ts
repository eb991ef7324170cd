import { createManualClock, type Driver, type Reply } from '@penknife/core';
import { type Compatibility, createMemoryRedis } from '@penknife/driver-memory';
import type { ContractDriverOptions } from '@penknife/testing';
import type { AdminArgs, Column, World } from '../column.js';
import { driverOptions } from './client-kind.js';
import { administer, engineSide } from './engine-side.js';

/** The engine in the process, as the server of that name: no server, and a clock that is moved by hand. */
export const memoryColumnAs = (compatibility: Compatibility): Column => ({
  name: compatibility === '7.0' ? 'memory' : `memory ${compatibility}`,
  client: 'memory',
  topology: 'single',
  memory: true,
  async open(): Promise<World> {
    const clock = createManualClock();
    const redis = createMemoryRedis({ clock, seed: 1, compatibility });
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
      ...engineSide(redis),
      async reset() {
        await end();
        redis.faults.restore();
        redis.flush();
      },
      async close() {
        await end();
        await administrator.close();
        redis.close();
      },
    };
  },
});

/** The engine as Redis 7.0. */
export const memoryColumn: Column = memoryColumnAs('7.0');
