import {
  type Clock,
  checkObject,
  cryptoRandom,
  type Driver,
  InvalidArgumentError,
  type RandomSource,
  seededRandom,
  systemClock,
} from '@penknife/core';
import { createDriver, type DriverOptions, type Transport } from '@penknife/core/driver-kit';
import type { MemoryClusterOptions } from './cluster/cluster-options.js';
import { createCluster } from './cluster/create-cluster.js';
import type { MemoryCluster } from './cluster/memory-cluster.js';
import { createCommandTable } from './commands/command-table.js';
import { checkClientOptions, type MemoryClientOptions } from './driver/client-options.js';
import { createMemoryTransport } from './driver/memory-transport.js';
import type { ScriptedFailure } from './driver/scripted-failures.js';
import { type Credentials, World } from './driver/world.js';
import { rememberWorld } from './driver/world-of.js';
import { resetCounters } from './engine/command-entry.js';
import { Engine } from './engine/engine.js';
import { ScriptCache } from './engine/script-cache.js';
import {
  type Compatibility,
  compatibilities,
  profileOf,
  type ServerProfile,
} from './engine/server-profile.js';
import { createFaults, type MemoryFaults } from './faults.js';
import { type Inspection, inspectEngine } from './inspect.js';
import { openPersistence, type PersistenceOptions } from './persistence/open-persistence.js';
import { Failover } from './replication/failover.js';
import { MemorySnapshot } from './snapshot.js';

/** How a Redis in the process is set up. */
export interface MemoryRedisOptions {
  /** Its only source of time. Default: real time. */
  readonly clock?: Clock;
  /** Makes everything random repeat. Default: the platform's crypto. */
  readonly seed?: number;
  /** Which server it behaves as; commands newer than that are unknown. Default '7.0'. */
  readonly compatibility?: Compatibility;
  /** Numbered databases. Default 16. */
  readonly databases?: number;
  /** Keeps the data in a file, which is read here, at once. Default: memory alone. Throws PersistenceError. */
  readonly persistence?: PersistenceOptions;
  /**
   * Keeps a replica that lags by up to `maxLag` writes (default 1000), which `failover` lets take over. Default: none. Not
   * together with persistence.
   */
  readonly replica?: { readonly maxLag?: number };
}

/** How a cluster in the process is set up: one engine a node, each with one database and no file. */
export interface MemoryClusterRedisOptions
  extends Pick<MemoryRedisOptions, 'clock' | 'seed' | 'compatibility'> {
  readonly cluster: MemoryClusterOptions;
}

/** A Redis in the process, for as many clients as wanted. */
export interface MemoryRedis {
  /** A client of its own: own connection, lanes, feeds. Closing it leaves the engine and the others alone. */
  driver(options?: MemoryClientOptions): Driver;
  /** What `driver()` is built on, for a harness that stands between drivers and the engine, as the simulator does. */
  transport(credentials?: Credentials): Transport;
  readonly clock: Clock;
  /** What it holds and what was called, for tests. Does not count as an access. */
  inspect(): Inspection;
  /** Removes all keys of all databases. */
  flush(): void;
  /**
   * As it was made: no keys, scripts, users and counters, settings and chance from their beginning; every connection ends, and
   * drivers connect anew. Ten times cheaper than another engine. Throws TypeError for one with persistence.
   */
  reset(): void;
  /** A copy of all keys. Not of scripts, users, settings and connections. */
  snapshot(): MemorySnapshot;
  /**
   * The keys of a snapshot instead of all that is there, each with as much time left as it had, however far the clock has
   * moved since. Connections stay; whoever watches, tracks or waits for a key notices. Throws InvalidArgumentError when a
   * snapshot has more databases, TypeError for an engine with persistence.
   */
  restore(snapshot: MemorySnapshot): void;
  /**
   * Lets calls fail that clients make from now on, through drivers and at the door, outside of transactions: with an error, late,
   * or with their connection. Subscriptions of feeds are not among them. Gives a function that takes back what is left of it.
   */
  fail(failure: ScriptedFailure): () => void;
  /** Scripted faults: what can happen to a server and its connections. */
  readonly faults: MemoryFaults;
  /**
   * The server dies, and its replica takes over: it has not seen the last `lose` writes (default 0) and knows no scripts; every
   * connection breaks. There with the option `replica` only. Throws InvalidArgumentError for more than its `maxLag`.
   */
  readonly failover?: ((options?: { readonly lose?: number }) => void) | undefined;
  /**
   * Ends it and every connection to it. Repeatable. What would bring it back, and new drivers, throw `ClosedError`; drivers that
   * are there find no connection any more.
   */
  close(): void;
}

/**
 * Creates a Redis in the process. Nothing is armed or connected until a driver is used; with a manual clock and a seed
 * every run is the same.
 */
export function createMemoryRedis(options?: MemoryRedisOptions): MemoryRedis;
/** Creates a cluster in the process: what a cluster refuses, it refuses. */
export function createMemoryRedis(options: MemoryClusterRedisOptions): MemoryCluster;
export function createMemoryRedis(
  options: MemoryRedisOptions | MemoryClusterRedisOptions = {},
): MemoryRedis | MemoryCluster {
  checkObject('options', options);
  const { clock, seed } = options;
  if (clock !== undefined && typeof clock?.now !== 'function')
    throw new InvalidArgumentError('clock', 'must be a Clock, such as createManualClock()', clock);
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new InvalidArgumentError('seed', 'must be a safe integer', seed);
  if ('cluster' in options && options.cluster !== undefined) return createClusterRedis(options);
  return createSingle(options as MemoryRedisOptions);
}

/** A source for each salt; what they are made of stays a safe integer whatever the seed. */
function randomSources(seed: number | undefined): (salt: number) => RandomSource {
  if (seed === undefined) return () => cryptoRandom;
  return (salt) => seededRandom(Number(BigInt.asIntN(53, BigInt(seed) + (BigInt(salt) << 32n))));
}

function createClusterRedis(options: MemoryClusterRedisOptions): MemoryCluster {
  const { clock = systemClock, seed, compatibility = '7.0', cluster } = options;
  checkObject('cluster', cluster);
  const profile = checkedProfile(compatibility);
  for (const name of ['databases', 'persistence', 'replica']) {
    const value = (options as unknown as Record<string, unknown>)[name];
    if (value !== undefined) throw new InvalidArgumentError(name, 'is not for a cluster', value);
  }
  return createCluster(cluster, { clock, profile, randomFor: randomSources(seed) });
}

function checkedProfile(compatibility: string): ServerProfile {
  const profile = profileOf(compatibility);
  if (profile === undefined) {
    const names = compatibilities.map((name) => `'${name}'`).join(', ');
    throw new InvalidArgumentError('compatibility', `must be one of ${names}`, compatibility);
  }
  return profile;
}

function createSingle(options: MemoryRedisOptions): MemoryRedis {
  const { clock = systemClock, seed, compatibility = '7.0', databases = 16 } = options;
  const profile = checkedProfile(compatibility);
  if (!Number.isSafeInteger(databases) || databases < 1 || databases > 10_000) {
    throw new InvalidArgumentError('databases', 'must be a whole number from 1 to 10000', databases);
  }
  let drivers = 0;
  const randomFor = randomSources(seed);
  const commands = createCommandTable(compatibility);
  let scripts = new ScriptCache(profile);
  const build = (): Engine =>
    new Engine({ clock, random: randomFor(0), databases, commands, scripts, profile });
  let engine = build();
  if (options.persistence !== undefined && options.replica !== undefined)
    throw new InvalidArgumentError('replica', 'is not for an engine with persistence', options.replica);
  if (options.replica !== undefined) checkObject('replica', options.replica);
  const world = new World(engine);
  const persistence =
    options.persistence && openPersistence(engine, options.persistence, (error) => world.fail(error));
  const failover = options.replica && new Failover(world, options.replica);
  const refuseClosed = (): void => world.refuseClosed();
  const redis: MemoryRedis = {
    clock,
    transport(credentials) {
      refuseClosed();
      return createMemoryTransport(world, credentials);
    },
    driver(driverOptions = {}) {
      refuseClosed();
      checkClientOptions(driverOptions);
      const { credentials, ...more } = driverOptions;
      drivers++;
      return createDriver(createMemoryTransport(world, credentials), {
        random: randomFor(drivers),
        ...more,
        clock,
      });
    },
    inspect: () => inspectEngine(engine),
    flush: () => engine.flushAll(),
    reset() {
      refuseClosed();
      if (persistence !== undefined)
        throw new TypeError('reset() is for engines that keep nothing: this one has a file');
      drivers = 0;
      resetCounters(commands.values());
      scripts = new ScriptCache(profile, scripts);
      engine = build();
      world.replace(engine);
      failover?.follow();
    },
    snapshot: () => MemorySnapshot.of(engine),
    restore(snapshot) {
      refuseClosed();
      if (persistence !== undefined)
        throw new TypeError('restore() is for engines that keep nothing: this one has a file');
      if (!(snapshot instanceof MemorySnapshot))
        throw new InvalidArgumentError('snapshot', 'must be what snapshot() gave', snapshot);
      if (snapshot.databases > databases)
        throw new InvalidArgumentError('snapshot', `must fit ${databases} databases`, snapshot.databases);
      snapshot.restoreTo(engine);
    },
    fail: (failure) => world.failures.add(failure),
    faults: createFaults(world),
    failover: failover && ((how) => failover.run(how)),
    close() {
      world.close();
      persistence?.close();
    },
  };
  rememberWorld(redis, world);
  return redis;
}

/** Options of the short way: those of the engine and those of the driver. */
export type MemoryDriverOptions = MemoryRedisOptions & Omit<DriverOptions, 'clock' | 'random'>;

/** One engine with one driver: closing the driver closes both. */
export function createMemoryDriver(options: MemoryDriverOptions = {}): Driver {
  checkObject('options', options);
  const { deadlineMs, gateLimit, ...engineOptions } = options;
  const redis = createMemoryRedis(engineOptions);
  const driver = redis.driver({
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(gateLimit !== undefined && { gateLimit }),
  });
  const close = async (): Promise<void> => {
    await driver.close();
    redis.close();
  };
  return { ...driver, close, [Symbol.asyncDispose]: close };
}
