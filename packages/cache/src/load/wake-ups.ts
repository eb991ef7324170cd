import type { Driver } from '@penknife/core';
import { ProcessChannel } from '@penknife/machinery';
import type { Places } from '../keys.js';

/** A turn to wait for. */
export interface WakeUp {
  /** Resolves with the message, or after `ms`, or when everything closes. */
  wait(ms: number): Promise<void>;
  /** Gives the place up. */
  end(): void;
}

/** The one channel on which this process is told that a lease it waits for has ended. */
export class WakeUps {
  readonly #driver: Driver;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #words: ProcessChannel;

  constructor(driver: Driver, places: Places) {
    this.#driver = driver;
    const name = (): string => places.wake(Buffer.from(driver.random.bytes(9)).toString('base64url'));
    this.#words = new ProcessChannel(driver, name, {
      message: (lease) => {
        for (const wake of this.#waiting.get(lease) ?? []) wake();
      },
      gap: () => this.#wakeAll(),
    });
  }

  /** The channel, once it is live; `'-'` before: a message could be missed. */
  get channel(): string {
    void this.#words.open();
    return this.#words.live ?? '-';
  }

  /** To be called before the server is asked to tell, so that its message finds somebody. */
  begin(lease: string): WakeUp {
    let woken = false;
    let wake = (): void => {
      woken = true;
    };
    const hear = (): void => wake();
    const others = this.#waiting.get(lease) ?? new Set();
    others.add(hear);
    this.#waiting.set(lease, others);
    return {
      wait: (ms) =>
        new Promise((resolve) => {
          if (woken) {
            resolve();
            return;
          }
          const timer = this.#driver.clock.timer(ms, resolve);
          wake = () => {
            timer.cancel();
            resolve();
          };
        }),
      end: () => {
        others.delete(hear);
        if (others.size === 0 && this.#waiting.get(lease) === others) this.#waiting.delete(lease);
      },
    };
  }

  /** Wakes everybody. The server is told in the background: it may be out of reach. */
  close(): void {
    this.#wakeAll();
    void this.#words.close();
  }

  #wakeAll(): void {
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake();
  }
}
