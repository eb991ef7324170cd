import { systemClock } from '@penknife/core';
import type { ContractDriverOptions } from '@penknife/testing';
import type { World } from '../column.js';
import { wait } from '../real-time.js';
import type { MadeDriver } from './client-kind.js';

/** The part of a world that clients make, whatever the servers are. `end` closes all of it. */
export interface OpenClients extends Pick<World, 'driver' | 'driverWithClient' | 'clock' | 'advance'> {
  end(): Promise<void>;
}

/** Makes drivers and remembers them and their clients. */
export function openClients(make: (options: ContractDriverOptions) => MadeDriver): OpenClients {
  const open: MadeDriver[] = [];
  const keep = (options: ContractDriverOptions = {}): MadeDriver => {
    const made = make(options);
    open.push(made);
    return made;
  };
  return {
    clock: systemClock,
    advance: wait,
    driver: async (options) => keep(options).driver,
    async driverWithClient() {
      const made = keep();
      await made.connectClient();
      return { driver: made.driver, clientAnswers: () => made.clientAnswers() };
    },
    async end() {
      await Promise.all(
        open.splice(0).map(async (made) => {
          await made.driver.close();
          made.endClient();
        }),
      );
    },
  };
}
