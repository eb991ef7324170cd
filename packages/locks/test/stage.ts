import { type Command, createManualClock, type Driver, type ManualClock, seededRandom } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { createLocks, type Locks, type LocksOptions } from '../src/index.js';
import { createLink, type Link } from './network.js';

/** One process on the stage. */
export interface Actor {
  readonly link: Link;
  readonly locks: Locks;
  /** Names of the scripts it got answers for, in order. */
  readonly calls: string[];
}

/** A server in the process, a clock moved by hand, and processes whose connections can be held up. */
export interface Stage {
  readonly clock: ManualClock;
  actor(options?: LocksOptions, dress?: (driver: Driver) => Driver): Actor;
  /** Lets promises and immediates run, without time passing. */
  settle(): Promise<void>;
  /** Closes all; then tells how many timers are left. */
  strike(): Promise<number>;
}

/** Sets up a stage of its own for one test. */
export function createStage(): Stage {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  const actors: Actor[] = [];
  const drivers: Driver[] = [];
  return {
    clock,
    actor(options = {}, dress = (driver) => driver) {
      const inner = redis.driver({ random: seededRandom(actors.length + 1) });
      drivers.push(inner);
      const calls: string[] = [];
      const witness = (command: Command<unknown>): void =>
        void calls.push(command.script?.name ?? command.args[0]);
      const link = createLink(inner, { witness });
      const actor = { link, locks: createLocks(dress(link.driver), options), calls };
      actors.push(actor);
      return actor;
    },
    settle: () => clock.advance(0),
    async strike() {
      for (const { link } of actors) await link.release();
      await Promise.all(actors.map(({ locks }) => locks.close()));
      await clock.advance(100_000);
      await Promise.all(drivers.map((driver) => driver.close()));
      return clock.armed;
    },
  };
}
