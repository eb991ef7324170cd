import { type Driver, type FeedSubscription, sharedFeed } from '@penknife/core';

/** Somebody of this process who waits for a job. */
export interface Waiter {
  /** Something may have happened to it: a word, words that may be missing, or the moment from which words arrive. */
  heard(): void;
  /** Words cannot be had. */
  failed(error: unknown): void;
}

/** Those of this process who wait for jobs of one queue: one subscription, as long as there is anybody. */
export class Waiters {
  readonly #driver: Driver;
  readonly #channel: string;
  readonly #waiting = new Map<string, Set<Waiter>>();
  #subscription: Promise<FeedSubscription> | undefined;

  constructor(driver: Driver, channel: string) {
    this.#driver = driver;
    this.#channel = channel;
  }

  /** Adds one, who hears nothing before this returns. The result takes it away again. */
  add(id: string, waiter: Waiter): () => void {
    const waiters = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiters.add(waiter));
    this.#subscription ??= this.#listen();
    this.#subscription.then(
      () => waiters.has(waiter) && waiter.heard(),
      (error) => waiters.has(waiter) && waiter.failed(error),
    );
    return () => this.#remove(id, waiters, waiter);
  }

  #remove(id: string, waiters: Set<Waiter>, waiter: Waiter): void {
    waiters.delete(waiter);
    if (waiters.size === 0 && this.#waiting.get(id) === waiters) this.#waiting.delete(id);
    if (this.#waiting.size > 0) return;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    // One that could not be had was told to whoever waited; one that cannot be closed ends with its connection.
    subscription?.then((found) => found.close()).catch(() => undefined);
  }

  #listen(): Promise<FeedSubscription> {
    const opening = this.#open();
    // The next who waits tries again.
    opening.catch(() => {
      if (this.#subscription === opening) this.#subscription = undefined;
    });
    return opening;
  }

  /** Rejects, and never throws: whoever waits is there already, and hears of it. */
  async #open(): Promise<FeedSubscription> {
    return sharedFeed(this.#driver).listen('channel', this.#channel, {
      message: (payload) => this.#tell(Buffer.from(payload).toString('utf8').slice(2)),
      gap: () => {
        for (const id of this.#waiting.keys()) this.#tell(id);
      },
    });
  }

  #tell(id: string): void {
    for (const waiter of this.#waiting.get(id) ?? []) waiter.heard();
  }
}
