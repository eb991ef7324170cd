import { type Command, createManualClock, type Driver, type ManualClock, seededRandom } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { afterEach, expect } from 'vitest';
import { createLocks, createQuorumLocks, type QuorumLocks } from '../src/index.js';
import { createLink, type Link } from './network.js';

/** Several independent servers in this process, each with a link that can be held up. */
export interface Servers {
  readonly links: readonly Link[];
  readonly locks: QuorumLocks;
  /** Locks of another process, over links of its own. */
  other(options?: object): QuorumLocks;
  /** A plain driver of one server. */
  direct(server: number): Driver;
}

/** Independent servers in this process, on one clock moved by hand. */
export interface QuorumStage {
  readonly clock: ManualClock;
  /** What is closed after a test, last first. */
  readonly closing: { close(): Promise<unknown> }[];
  /** So many servers. `dress` may plant a bug into what is sent; `aheadMs`: how far the clock of each server is ahead. */
  servers(
    count: number,
    options?: object,
    dress?: <T>(command: Command<T>) => Command<T>,
    aheadMs?: readonly number[],
  ): Servers;
  /** Lets promises and immediates run, without time passing. */
  settle(): Promise<void>;
  /** Moves time until it resolves: silent nodes have to run into their deadline. */
  ends<T>(act: Promise<T>): Promise<T>;
  /** Who holds the lock `a` on each of the servers. */
  holders(direct: (server: number) => Driver, count: number): Promise<(string | undefined)[]>;
}

/** Sets up the stage for the tests of a file; after each all is closed, and no timer may be left. */
export function quorumStage(): QuorumStage {
  const clock = createManualClock();
  const closing: { close(): Promise<unknown> }[] = [];

  function servers(
    count: number,
    options: object = {},
    dress = <T>(command: Command<T>) => command,
    aheadMs: readonly number[] = [],
  ): Servers {
    const redis = Array.from({ length: count }, (_, i) =>
      createMemoryRedis({ clock: { ...clock, now: () => clock.now() + (aheadMs[i] ?? 0) }, seed: i + 1 }),
    );
    let seed = 0;
    const direct = (server: number): Driver => {
      const driver = (redis[server] as (typeof redis)[number]).driver({ random: seededRandom(++seed) });
      closing.push(driver);
      return driver;
    };
    const linked = (): Link[] => redis.map((_, i) => createLink(direct(i), { rewrite: dress }));
    const made = (links: readonly Link[], more: object): QuorumLocks => {
      const locks = createQuorumLocks(
        links.map(({ driver }) => driver),
        { ttl: 1000, ...options, ...more },
      );
      closing.push(locks);
      return locks;
    };
    const links = linked();
    const locks = made(links, {});
    return { links, locks, other: (more = {}) => made(linked(), more), direct };
  }

  async function holders(direct: (server: number) => Driver, count: number): Promise<(string | undefined)[]> {
    const states = Array.from({ length: count }, async (_, i) => {
      const locks = createLocks(direct(i));
      closing.push(locks);
      return (await locks.inspect('a')).holder?.process;
    });
    return Promise.all(states);
  }

  async function ends<T>(act: Promise<T>): Promise<T> {
    let over = false;
    const end = (): void => {
      over = true;
    };
    act.then(end, end);
    while (!over) await clock.advance(5);
    return act;
  }

  afterEach(async () => {
    for (const one of closing.splice(0).reverse()) await one.close();
    await clock.advance(100_000);
    expect(clock.armed).toBe(0);
  });

  return { clock, closing, servers, settle: () => clock.advance(0), ends, holders };
}
