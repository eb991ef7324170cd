import {
  type BackoffOptions,
  backoffMs,
  type Driver,
  isUnavailable,
  reportListenerError,
} from '@penknife/core';

/** What one sweep found. */
export type SweepOutcome =
  /** Another process sweeps, for as long at least. */
  | { readonly kind: 'elsewhere'; readonly leftMs: number }
  /** Swept; `nextDueMs`: how soon there is more to do, 0 when there is right now, undefined when nothing is known. */
  | { readonly kind: 'swept'; readonly nextDueMs: number | undefined };

/** What is swept, and how: one script takes the lease and a bounded batch. */
export interface Sweeping {
  /** `signal`: the sweeper closes. */
  sweep(signal: AbortSignal): Promise<SweepOutcome>;
  /** Gives the lease up. Called once, after the last sweep of a sweeper that may hold it. */
  leave(): Promise<void>;
}

/** When it is swept. */
export interface SweeperOptions {
  /** The longest time between two sweeps, in ms: what becomes due meanwhile waits no longer than this. */
  readonly everyMs: number;
}

const afterFailure: BackoffOptions = { baseMs: 100, maxMs: 10_000, jitter: 'equal' };
/** Between two full batches: others get their turn on the server. */
const restMs = 1;

/**
 * A periodic worker of which one process among many does the work: each looks, in its own rhythm, whether the lease is free.
 * Waits are spread by chance, so that processes started together do not ask together. A sweep that fails is tried again with
 * growing waits; what fails for another reason than the server being away is reported. Nothing starts before `start`.
 */
export class Sweeper {
  readonly #driver: Driver;
  readonly #sweeping: Sweeping;
  readonly #everyMs: number;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #mayHold = false;

  constructor(driver: Driver, sweeping: Sweeping, options: SweeperOptions) {
    this.#driver = driver;
    this.#sweeping = sweeping;
    this.#everyMs = options.everyMs;
  }

  /** Starts to sweep. Repeatable; does nothing once closed. */
  start(): void {
    if (!this.#closing.signal.aborted) this.#running ??= this.#run();
  }

  /** Stops: resolves when the sweep under way has ended and the lease is given up, or cannot be. Repeatable. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      let waitMs: number;
      try {
        waitMs = this.#afterwards(await this.#sweeping.sweep(signal));
        failures = 0;
      } catch (error) {
        if (!signal.aborted && !isUnavailable(error)) reportListenerError(error);
        // It may have reached the server all the same.
        this.#mayHold = true;
        waitMs = backoffMs(afterFailure, ++failures, this.#driver.random);
      }
      await this.#driver.clock.sleep(waitMs, signal).catch(() => undefined);
    }
    if (!this.#mayHold) return;
    await this.#sweeping.leave().catch((error: unknown) => {
      // Then it runs out.
      if (!isUnavailable(error)) reportListenerError(error);
    });
  }

  #afterwards(outcome: SweepOutcome): number {
    this.#mayHold = outcome.kind === 'swept';
    const { random } = this.#driver;
    if (outcome.kind === 'elsewhere') {
      // Whoever comes first when the holder is gone: not all at once, and not later than the interval promises.
      return outcome.leftMs + random.fraction() * Math.min(outcome.leftMs, this.#everyMs);
    }
    const { nextDueMs = this.#everyMs } = outcome;
    if (nextDueMs === 0) return restMs;
    return Math.min(nextDueMs, this.#everyMs * (0.75 + random.fraction() / 4));
  }
}
