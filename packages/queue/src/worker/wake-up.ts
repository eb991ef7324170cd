import {
  type Driver,
  type FeedSubscription,
  reportListenerError,
  sharedFeed,
  type Timer,
} from '@penknife/core';

/** How soon a subscription that was refused is tried again. */
const againMs = 5000;

/** Calls when there may be something to do: on a word of the queue, after a gap, at a time that was asked for. */
export class WakeUp {
  readonly #driver: Driver;
  readonly #channel: string;
  readonly #wake: () => void;
  #timer: Timer | undefined;
  #retry: Timer | undefined;
  #subscription: Promise<FeedSubscription | undefined>;
  #closed = false;

  constructor(driver: Driver, channel: string, wake: () => void) {
    this.#driver = driver;
    this.#channel = channel;
    this.#wake = wake;
    this.#subscription = this.#listen();
  }

  /** At the latest in so many ms, instead of what was asked for before. */
  in(ms: number): void {
    this.#timer?.cancel();
    if (this.#closed) return;
    this.#timer = this.#driver.clock.timer(Math.ceil(ms), this.#wake);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#retry?.cancel();
    await (await this.#subscription)?.close().catch(reportListenerError);
  }

  async #listen(): Promise<FeedSubscription | undefined> {
    try {
      const subscription = await sharedFeed(this.#driver).listen('channel', this.#channel, {
        message: this.#wake,
        gap: this.#wake,
      });
      // What came before it was live told nobody.
      this.#wake();
      return subscription;
    } catch (error) {
      if (!this.#closed) {
        reportListenerError(error);
        this.#retry = this.#driver.clock.timer(againMs, () => {
          this.#subscription = this.#listen();
        });
      }
      return undefined;
    }
  }
}
