import { backoffMs, type CallOptions, type Command, type Driver, isUnavailable } from '@penknife/core';
import type { Leavable } from './target.js';

const retry = { baseMs: 100, maxMs: 2000, jitter: 'equal' } as const;

/**
 * Gives back, in the background, what a request with an unknown or unwanted outcome may have taken. Tried until it
 * succeeds, or the lease would have ended by itself, or the process shuts down.
 */
export class GiveBacks {
  readonly #driver: Driver;
  readonly #call: CallOptions | undefined;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(driver: Driver, call: CallOptions | undefined) {
    this.#driver = driver;
    this.#call = call;
  }

  /** `late`: a request under the token may still come. */
  add(target: Leavable, token: string, ttlMs: number, late = false): void {
    const run = this.#run(target.leave(token, late), this.#driver.clock.monotonic() + ttlMs).finally(() => {
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  /** Lets what is on its way end, and starts no further try. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #run(leave: Command<boolean>, untilMs: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#driver.send(leave, this.#call);
        return;
      } catch (error) {
        // Anything else than an absent server would fail the same way again: the lease ends it.
        if (!isUnavailable(error) || this.#stop.signal.aborted) return;
      }
      const waitMs = backoffMs(retry, attempt, this.#driver.random);
      if (this.#driver.clock.monotonic() + waitMs >= untilMs) return;
      await this.#driver.clock.sleep(waitMs, this.#stop.signal).catch(() => undefined);
    }
  }
}
