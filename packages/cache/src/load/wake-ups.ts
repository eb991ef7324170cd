import { type Driver, type FeedSubscription, reportListenerError, sharedFeed } from '@penknife/core';
import type { Place, Places } from '../keys.js';

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
  readonly #places: Places;
  readonly #waiting = new Map<string, Set<() => void>>();
  #channel = '';
  #subscription: Promise<FeedSubscription | undefined> | undefined;
  #live = false;

  constructor(driver: Driver, places: Places) {
    this.#driver = driver;
    this.#places = places;
  }

  /** The channel, once it is live; `'-'` before: a message could be missed. */
  get channel(): string {
    this.#subscription ??= this.#listen();
    return this.#live ? this.#channel : '-';
  }

  /** To be called before the server is asked to tell, so that its message finds somebody. */
  begin({ lease }: Place): WakeUp {
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
    this.#subscription?.then((subscription) => subscription?.close()).catch(reportListenerError);
  }

  async #listen(): Promise<FeedSubscription | undefined> {
    this.#channel = this.#places.wake(Buffer.from(this.#driver.random.bytes(9)).toString('base64url'));
    try {
      const subscription = await sharedFeed(this.#driver).listen('channel', this.#channel, {
        message: (payload) => {
          for (const wake of this.#waiting.get(Buffer.from(payload).toString('utf8')) ?? []) wake();
        },
        gap: () => this.#wakeAll(),
      });
      this.#live = true;
      return subscription;
    } catch {
      // Who waits asks again by itself meanwhile, and the next load tries to listen again.
      this.#subscription = undefined;
      return undefined;
    }
  }

  #wakeAll(): void {
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake();
  }
}
