import { type Arg, type Driver, isPenknifeError, type Timer } from '@penknife/core';
import { extendScript } from '../commands.js';
import type { HeldJob } from './held-job.js';

/** What renewing needs. */
export interface RenewalParts {
  readonly driver: Driver;
  readonly keys: readonly string[];
  readonly head: readonly Arg[];
  readonly leaseMs: number;
  /** Jobs whose handlers run. */
  held(): readonly HeldJob[];
  lost(job: HeldJob, why: 'lost' | 'cancelled'): void;
  failed(error: unknown): void;
}

/** Leases that one command prolongs. */
const extendedAtOnce = 500;
/** Looks within a lease: two may fail, the third would come too late to try. */
const looksPerLease = 4;

/**
 * Prolongs the leases of everything that is at work, with one timer and one script. A job whose lease cannot be confirmed
 * before it may end is lost before it ends, whether or not the server answers.
 */
export class Renewal {
  readonly #parts: RenewalParts;
  readonly #everyMs: number;
  #timer: Timer | undefined;
  #closed = false;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
    this.#everyMs = parts.leaseMs / looksPerLease;
  }

  /** To be called when there is something to hold. */
  start(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = this.#parts.driver.clock.timer(this.#everyMs, () => {
      this.#timer = undefined;
      if (this.#parts.held().length > 0) this.start();
      void this.look();
    });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Prolongs all of them now, and finds out which are lost. */
  async look(): Promise<void> {
    const { driver, lost } = this.#parts;
    const startMs = driver.clock.monotonic();
    const held: HeldJob[] = [];
    for (const job of this.#parts.held()) {
      // The next look would come too late for it. A timer that fired early, or not quite in time, makes no other look of this one.
      if (job.heldUntilMs - startMs < this.#everyMs / 2) lost(job, 'lost');
      else held.push(job);
    }
    const some: Promise<void>[] = [];
    for (let from = 0; from < held.length; from += extendedAtOnce)
      some.push(this.#extend(held.slice(from, from + extendedAtOnce), startMs));
    await Promise.all(some);
  }

  /** Never rejects. */
  async #extend(held: readonly HeldJob[], startMs: number): Promise<void> {
    const { driver, keys, head, leaseMs, lost, failed } = this.#parts;
    try {
      const args = held.flatMap(({ taken }) => [taken.id, taken.delivery]);
      const extended = await driver.send(extendScript(keys, [...head, leaseMs, ...args]), {
        deadlineMs: leaseMs,
      });
      held.forEach((job, i) => {
        if (extended[i] === 1) job.heldUntilMs = startMs + leaseMs - this.#everyMs;
        else if (!job.answered) lost(job, extended[i] === -1 ? 'cancelled' : 'lost');
      });
    } catch (error) {
      if (!(isPenknifeError(error) && error.code === 'CLOSED')) failed(error);
    }
  }
}
