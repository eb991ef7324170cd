import {
  type Driver,
  type FeedSubscription,
  reportListenerError,
  sharedFeed,
  type Timer,
} from '@penknife/core';

/** How soon a subscription that was refused is tried again. */
const againMs = 5000;

/** Who is told. */
export interface WakeUpListener {
  /** There may be something to do. */
  wake(): void;
  /** Words may have been missed. */
  missed(): void;
  /** A job was cancelled that was handed out under this delivery. */
  cancelled(id: string, delivery: number): void;
}

/** Tells when there may be something to do: on a word of the queue, after a gap, at a time that was asked for. */
export class WakeUp {
  readonly #driver: Driver;
  readonly #channel: string;
  readonly #listener: WakeUpListener;
  #timer: Timer | undefined;
  #retry: Timer | undefined;
  #subscription: Promise<FeedSubscription | undefined>;
  #closed = false;

  constructor(driver: Driver, channel: string, listener: WakeUpListener) {
    this.#driver = driver;
    this.#channel = channel;
    this.#listener = listener;
    this.#subscription = this.#listen();
  }

  /** At the latest in so many ms, instead of what was asked for before. */
  in(ms: number): void {
    this.#timer?.cancel();
    if (this.#closed) return;
    this.#timer = this.#driver.clock.timer(Math.ceil(ms), () => this.#listener.wake());
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
        message: (payload) => this.#heard(Buffer.from(payload).toString('utf8')),
        gap: () => this.#listener.missed(),
      });
      // What came before it was live told nobody.
      this.#listener.missed();
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

  /** Nothing: there may be something to do. `<delivery>:<id>`: that one was cancelled. */
  #heard(text: string): void {
    const colon = text.indexOf(':');
    if (colon > 0) this.#listener.cancelled(text.slice(colon + 1), Number(text.slice(0, colon)));
    else this.#listener.wake();
  }
}
