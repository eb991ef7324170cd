import type { Clock, Driver, Reply, Topology } from '@penknife/core';
import type { Flavour } from '@penknife/redis-servers';
import type { ContractDriverOptions, ContractFaults } from '@penknife/testing';
import type { CommandCounts } from './command-counts.js';
import type { StartMatrixWorker } from './processes/matrix-workers.js';

/** Which column a suite runs in. For names and conditions of tests; what is under test never looks at it. */
export interface ColumnFacts {
  readonly name: string;
  readonly client: string;
  readonly topology: Topology;
  /** True where there is no server and time is moved by hand. */
  readonly memory: boolean;
}

/** A column of the matrix: a client with what it connects to. Data; a new client or server is one more of them. */
export interface Column extends ColumnFacts {
  /** The server that it needs; without it any server of version 7.0 or later. */
  readonly flavour?: Flavour;
  /** True where no server is started: the engine in this process answers, perhaps through its own door. */
  readonly serverless?: boolean;
  /** Starts or leases its servers. */
  open(): Promise<World>;
}

/** Raw arguments of an administrative command. */
export type AdminArgs = readonly [name: string, ...rest: (string | number)[]];

/** Servers that are up, and clients for them. */
export interface World {
  /** A driver of a client of its own, as another process would have. */
  driver(options?: ContractDriverOptions): Promise<Driver>;
  /** A driver with its client connected, to see that the driver leaves the client alone. */
  driverWithClient(): Promise<{ readonly driver: Driver; clientAnswers(): Promise<boolean> }>;
  /**
   * Starts a module (`new URL('./x.worker.ts', import.meta.url)`) as a process of its own, which gets a driver with
   * `workerDriver()` of '@penknife/matrix/worker'. It is killed after the test. Rejects on memory, which no other process sees.
   */
  readonly startWorker: StartMatrixWorker;
  /**
   * A raw command on a connection of its own: to the primary that serves its key, or to all primaries when it has none (then
   * the first one's reply). Rejects with a `ServerError`.
   */
  admin(...args: AdminArgs): Promise<Reply>;
  readonly clock: Clock;
  advance(ms: number): Promise<void>;
  readonly faults: ContractFaults;
  /** What the servers did while `run` ran. Nothing else may talk to them meanwhile. */
  counts(run: () => Promise<unknown>): Promise<CommandCounts>;
  /** Empties every server, and brings back what a test killed or paused. */
  reset(): Promise<void>;
  /** Names of keys left behind that have no TTL. */
  lastingKeys(): Promise<readonly string[]>;
  /** Commands that took more than 5 ms by their own doing, test administration left out. */
  slowCommands(): Promise<readonly string[]>;
  close(): Promise<void>;
}
