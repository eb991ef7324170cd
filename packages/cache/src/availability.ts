import { type Clock, isUnavailable, type PenknifeError } from '@penknife/core';
import type { Counts } from './stats.js';

/** A breaker: after a failure Redis is left alone for a while, then one call tries it and the others still do without. */
export class Availability {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  readonly #counts: Counts;
  #failure: PenknifeError | undefined;
  #pausedUntil = 0;

  constructor(clock: Clock, pauseMs: number, counts: Counts) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
    this.#counts = counts;
  }

  /** Throws the failure that stands, before anything is prepared. */
  pass(): void {
    if (this.#failure !== undefined && this.#clock.monotonic() < this.#pausedUntil) throw this.#failure;
  }

  /** Runs what asks Redis, or rejects at once with the failure that stands. */
  async ask<T>(run: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) {
      const now = this.#clock.monotonic();
      if (now < this.#pausedUntil) throw this.#failure;
      this.#pausedUntil = now + this.#pauseMs;
    }
    try {
      const result = await run();
      this.#failure = undefined;
      return result;
    } catch (error) {
      if (isUnavailable(error)) {
        this.#counts.unavailable++;
        this.#failure = error;
        this.#pausedUntil = this.#clock.monotonic() + this.#pauseMs;
      }
      throw error;
    }
  }
}
