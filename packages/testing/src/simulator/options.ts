import type { Clock, Driver } from '@penknife/core';
import { InvalidArgumentError } from '@penknife/core';
import type { Transport, WireArg } from '@penknife/core/driver-kit';
import type { FaultKind, FaultOptions } from './faults.js';
import type { SimulationEvent } from './simulation-event.js';

/** What the simulator needs of an engine. `createMemoryRedis` of `@penknife/driver-memory` makes one. */
export interface SimulatedEngine {
  /** A way to connect clients to it that answers in the same turn of the event loop. */
  transport(): Transport;
  /** As it was made: nothing stored, nobody connected, chance at its beginning. */
  reset(): void;
  /** A replica takes over that has not seen the last `lose` writes; every connection breaks. */
  readonly failover?: ((options: { readonly lose: number }) => void) | undefined;
  close(): void;
}

/** One process of a scenario. Whatever it waits for comes through its driver and its clock; all else is not simulated. */
export interface SimulatedProcess {
  /** `p0`, `p1`, … */
  readonly name: string;
  readonly index: number;
  /** How often it was started before: above 0 only after the fault `restart`. */
  readonly life: number;
  readonly driver: Driver;
  readonly clock: Clock;
  /** One of these, decided by the schedule; the first one in the plainest schedule. */
  pick<T>(items: readonly T[]): T;
  /** Notes what the process saw, for `check`. */
  record(type: string, details?: Readonly<Record<string, unknown>>): void;
}

/** What `check` looks at. */
export interface SimulationEnd<C> {
  readonly events: readonly SimulationEvent[];
  /** What `setup` gave. */
  readonly context: C;
  /** A client on which nothing goes wrong, to see what is stored in the end. */
  readonly driver: Driver;
  /** Lets time pass for the server and the processes that are alive. */
  advance(ms: number): Promise<void>;
}

/** What a setup can use. */
export interface SimulationStart {
  readonly seed: number;
  /** A client on which nothing goes wrong. */
  readonly driver: Driver;
  readonly clock: Clock;
}

/** What a check has to say. */
export type Complaints = string | readonly string[] | undefined;

/** What is simulated. */
export interface SimulationOptions<C = undefined> {
  /** Makes the engine, once for all schedules. It takes its time from the clock. */
  engine(world: { readonly clock: Clock }): SimulatedEngine;
  /** How many schedules (their seeds are 1, 2, …), or their seeds. */
  readonly seeds: number | readonly number[];
  /** A single schedule instead: a seed, or what a failure printed behind `replay`. */
  readonly replay?: number | string;
  /** How many processes. Default 2. */
  readonly processes?: number;
  /** What can go wrong. Default nothing: only the order is left open. */
  readonly faults?: readonly FaultKind[] | FaultOptions;
  /** Longest time a message is under way when no fault holds it up. Default 20. */
  readonly latencyMs?: number;
  /** Decisions until the world calms down and everything runs to its end. Default 300. */
  readonly steps?: number;
  /** Time of the world until whoever has not finished counts as stuck. Default 600 000. */
  readonly limitMs?: number;
  /** How many schedules shortening a failure may take. Default 1000; 0: none. */
  readonly shrinkRuns?: number;
  /** Runs before each schedule; what it gives is handed to scenario and check: shared notes, the world outside of Redis. */
  setup?(start: SimulationStart): C | Promise<C>;
  /**
   * What each process does. Its end ends the process' part. A rejection with the error of a fault (connection, deadline)
   * counts as giving up and is recorded; any other fails the schedule.
   */
  scenario(process: SimulatedProcess, context: C): Promise<unknown>;
  /** Judges a schedule: complaints, or nothing when all is well; or throws, as assertions do. */
  check(end: SimulationEnd<C>): Complaints | Promise<Complaints>;
  /** Hears of every command when the server answers it, before the process does. */
  witness?(served: {
    readonly process: string;
    readonly args: readonly WireArg[];
    readonly reply: unknown;
    readonly context: C;
  }): void;
}

/** Refuses what makes no sense. */
export function checkOptions(options: SimulationOptions<never>): void {
  const whole = (name: string, value: number | undefined, least: number): void => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
    throw new InvalidArgumentError(name, `must be a whole number of at least ${least}`, value);
  };
  whole('processes', options.processes, 1);
  whole('steps', options.steps, 0);
  whole('latencyMs', options.latencyMs, 0);
  whole('limitMs', options.limitMs, 1);
  whole('shrinkRuns', options.shrinkRuns, 0);
  if (typeof options.seeds === 'number') whole('seeds', options.seeds, 1);
}
