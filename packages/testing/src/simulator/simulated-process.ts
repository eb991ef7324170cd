import { type Clock, type Driver, type RandomSource, sleepOn, type Timer } from '@penknife/core';
import { createDriver, type Transport } from '@penknife/core/driver-kit';
import type { Link, LinkOwner } from './link.js';
import type { OpenLink } from './simulated-transport.js';
import { simulatedTransport } from './simulated-transport.js';

/** A timer that is due and has not been listened to. */
interface DueTimer {
  cancelled: boolean;
  readonly listener: () => void;
}

/** What a life is made of. */
export interface LifeParts {
  readonly name: string;
  /** How often the process was started before. */
  readonly life: number;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly transport: Transport;
  readonly openLink: (life: Life, name: string) => Link;
  /** What a timer threw. */
  failed(error: unknown): void;
}

/** One life of a process, from its start to its end or crash. Nothing reaches it but through what stands here. */
export class Life implements LinkOwner {
  readonly name: string;
  readonly life: number;
  readonly driver: Driver;
  readonly clock: Clock;
  /** Due timers, oldest first; they wait while the process is paused. */
  readonly due: DueTimer[] = [];
  alive = true;
  paused = false;
  /** Nothing passes between it and the server. */
  cutOff = false;
  /** Its scenario has ended. */
  done = false;
  /** How often the scheduler lets it go on, against others. */
  weight = 1;
  readonly #parts: LifeParts;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.life = parts.life;
    const { clock } = parts;
    const own: Clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      timer: (delayMs, listener) => this.#timer(delayMs, listener),
      sleep: (delayMs, signal) => sleepOn(own, delayMs, signal),
    };
    this.clock = own;
    const openLink: OpenLink = (name) => parts.openLink(this, name);
    this.driver = createDriver(simulatedTransport(parts.transport, openLink), {
      clock: own,
      random: parts.random,
    });
  }

  /** The oldest timer that is due, if it may fire now. */
  get dueTimer(): DueTimer | undefined {
    while (this.due[0]?.cancelled) this.due.shift();
    return this.alive && !this.paused ? this.due[0] : undefined;
  }

  fireDueTimer(): void {
    const timer = this.due.shift();
    if (timer !== undefined) this.#listen(timer.listener);
  }

  #timer(delayMs: number, listener: () => void): Timer {
    const entry: DueTimer = { cancelled: false, listener };
    const timer = this.#parts.clock.timer(delayMs, () => {
      if (!this.alive || entry.cancelled) return;
      if (this.paused || this.due.length > 0) this.due.push(entry);
      else this.#listen(listener);
    });
    return {
      cancel() {
        entry.cancelled = true;
        timer.cancel();
      },
    };
  }

  #listen(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#parts.failed(error);
    }
  }
}
