import { inspect } from 'node:util';
import { isUnavailable, type RandomSource, seededRandom } from '@penknife/core';
import { createDriver, type Transport } from '@penknife/core/driver-kit';
import type { FaultKind } from './faults.js';
import { type Move, Network } from './network.js';
import type { SimulatedEngine, SimulatedProcess } from './options.js';
import { Life } from './simulated-process.js';
import type { SimulationClock } from './simulation-clock.js';
import type { SimulationEvent } from './simulation-event.js';
import type { Tape } from './tape.js';
import type { Weather } from './weather.js';

/** How a trace says that time passes. */
const passing = 'time passes';

/** What a world is made of. */
export interface WorldParts {
  readonly engine: SimulatedEngine;
  readonly clock: SimulationClock;
  readonly seed: number;
  readonly tape: Tape;
  readonly weather: Weather;
  readonly traced: boolean;
  run(process: SimulatedProcess): Promise<unknown>;
  /** Stands between the engine and everybody's links. */
  listen(transport: Transport, process: string): Transport;
}

/** Processes, their connections, one engine and one time: all that a schedule moves. */
export class World {
  readonly network: Network;
  readonly clock: SimulationClock;
  readonly events: SimulationEvent[] = [];
  /** What happened, a line a step; empty unless traced. */
  readonly trace: string[] = [];
  /** What no scenario may throw. */
  readonly failures: unknown[] = [];
  /** The life that each process lives now. */
  readonly lives: Life[] = [];
  /** Processes that will be started again. */
  absent = 0;
  step = 0;
  readonly #parts: WorldParts;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.network = new Network(parts.clock);
  }

  get finished(): boolean {
    return this.absent === 0 && this.lives.every((life) => life.done || !life.alive);
  }

  /** A client on which nothing goes wrong. */
  calmDriver(): ReturnType<typeof createDriver> {
    return createDriver(this.#parts.engine.transport(), {
      clock: this.clock,
      random: seededRandom(this.#parts.seed),
    });
  }

  /** Starts a process, for the first time or again. */
  start(index: number): void {
    const { engine, seed, weather, tape } = this.#parts;
    const name = `p${index}`;
    const before = this.lives[index];
    const random: RandomSource = seededRandom(seed * 1009 + index * 31 + (before?.life ?? -1) + 1);
    const life = new Life({
      name,
      life: (before?.life ?? -1) + 1,
      clock: this.clock,
      random,
      transport: this.#parts.listen(engine.transport(), name),
      openLink: (owner, link) => this.network.open(owner, link),
      failed: (error) => this.failures.push(error),
    });
    life.weight = before?.weight ?? weather.weight();
    this.lives[index] = life;
    const process: SimulatedProcess = {
      name,
      index,
      life: life.life,
      driver: life.driver,
      clock: life.clock,
      pick: (items) => {
        if (items.length === 0) throw new RangeError('nothing to pick from');
        return items[tape.decide(items.length, () => weather.below(items.length))] as never;
      },
      record: (type, details) => this.record(type, life, details),
    };
    this.#parts.run(process).then(
      () => {
        life.done = true;
      },
      (error: unknown) => {
        life.done = true;
        if (isOfFault(error)) {
          this.record('gave-up', life, { error: String(error) });
        } else this.failures.push(error);
      },
    );
  }

  record(type: string, life: Life, details: Readonly<Record<string, unknown>> = {}): void {
    // What is dead sees nothing more.
    if (!life.alive) return;
    const atMs = this.clock.monotonic();
    this.events.push({ ...details, type, process: life.name, life: life.life, step: this.step, atMs });
    if (this.#parts.traced)
      this.note(
        `${life.name} records  ${type} ${inspect(details, { breakLength: Number.POSITIVE_INFINITY })}`,
      );
  }

  /** A fault happened to a process. */
  met(kind: FaultKind, life: Life, details: Readonly<Record<string, unknown>> = {}): void {
    this.record('fault', life, { fault: kind, ...details });
  }

  note(line: string): void {
    if (!this.#parts.traced) return;
    // Time that passes in several goes is one line.
    if (line === passing && this.trace.at(-1)?.endsWith(passing)) this.trace.pop();
    this.trace.push(`${String(this.clock.monotonic()).padStart(6)} ms  ${line}`);
  }

  /** Time passes. */
  pass(ms: number): void {
    this.clock.move(ms);
    this.note(passing);
  }

  /** All that can happen now, oldest first. */
  moves(): Move[] {
    const timers: Move[] = [];
    for (const life of this.lives) {
      if (life.dueTimer === undefined) continue;
      timers.push({
        number: -1,
        // Overdue: time does not pass before it has fired.
        sentMs: Number.NEGATIVE_INFINITY,
        weight: life.weight,
        text: () => `${life.name} hears a timer that was due while it was paused`,
        run: () => life.fireDueTimer(),
      });
    }
    const moves = this.network.moves();
    return timers.length === 0 ? moves : [...timers, ...moves];
  }
}

/** An unavailable server, or what a pattern made of that. */
function isOfFault(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (isUnavailable(at)) return true;
  return false;
}
