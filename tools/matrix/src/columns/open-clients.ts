import { systemClock } from '@penknife/core';
import type { ContractDriverOptions } from '@penknife/testing';
import type { World } from '../column.js';
import { type MatrixWorkers, matrixWorkers } from '../processes/matrix-workers.js';
import type { WorldAddress } from '../processes/world-address.js';
import { wait } from '../real-time.js';
import type { MadeDriver } from './client-kind.js';

/** The part of a world that clients make, whatever the servers are. `end` closes all of it. */
export interface OpenClients
  extends Pick<World, 'driver' | 'driverWithClient' | 'startWorker' | 'clock' | 'advance'> {
  end(): Promise<void>;
}

/** Makes drivers, here and in workers, and remembers them and their clients. */
export function openClients(
  address: WorldAddress,
  make: (options: ContractDriverOptions) => MadeDriver,
): OpenClients {
  const open: MadeDriver[] = [];
  const workers: MatrixWorkers = matrixWorkers(address);
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
    startWorker: workers.startWorker,
    async end() {
      await workers.end();
      await Promise.all(
        open.splice(0).map(async (made) => {
          await made.driver.close();
          made.endClient();
        }),
      );
    },
  };
}
