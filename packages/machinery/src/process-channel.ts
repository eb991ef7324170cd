import {
  type Driver,
  type FeedSubscription,
  isUnavailable,
  reportListenerError,
  sharedFeed,
} from '@penknife/core';

/** Who is told. */
export interface ProcessChannelListener {
  /** A word for this process. */
  message(text: string): void;
  /** Words may be missing: whoever waits looks for itself. Also told once the channel comes alive, for who waited before. */
  gap(reason: string): void;
}

/** How long a channel that could not be had is done without: refused by the server (no rights), or not reached. */
const withoutMs = { refused: 30_000, unreachable: 1000 };

/**
 * The one channel on which a process is told that something it waits for has happened. It is opened by the first wait and
 * stays open. Where it cannot be had the process does without and tries again later; a word is a hint, never the truth,
 * so whoever waits also looks for itself in intervals.
 */
export class ProcessChannel {
  readonly #driver: Driver;
  readonly #nameOf: () => string;
  readonly #listener: ProcessChannelListener;
  #name: string | undefined;
  #subscription: FeedSubscription | undefined;
  #opening: Promise<void> | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** `name`: the channel, unlike that of any other process; called once, by the first `open`. */
  constructor(driver: Driver, name: () => string, listener: ProcessChannelListener) {
    this.#driver = driver;
    this.#nameOf = name;
    this.#listener = listener;
  }

  /** The channel, once words arrive on it; undefined before, when one could be missed. */
  get live(): string | undefined {
    return this.#subscription === undefined ? undefined : this.#name;
  }

  /** Resolves when words arrive, or cannot be had for now: within the driver's deadline. Never rejects. */
  open(): Promise<void> {
    const { clock } = this.#driver;
    if (this.#closed || this.#subscription !== undefined) return Promise.resolve();
    if (this.#opening === undefined && clock.monotonic() < this.#notBeforeMs) return Promise.resolve();
    this.#opening ??= this.#listen().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** No word is told from now on. Resolves when the server knows, or cannot be told. Repeatable. */
  async close(): Promise<void> {
    this.#closed = true;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    // One that is still on its way closes itself when it arrives.
    await subscription?.close().catch(reportUnlessAway);
  }

  async #listen(): Promise<void> {
    this.#name ??= this.#nameOf();
    try {
      const subscription = await sharedFeed(this.#driver).listen('channel', this.#name, {
        message: (payload) => {
          if (!this.#closed) this.#listener.message(Buffer.from(payload).toString('utf8'));
        },
        gap: (reason) => this.#gap(reason),
      });
      if (this.#closed) {
        await subscription.close().catch(reportUnlessAway);
        return;
      }
      this.#subscription = subscription;
    } catch (error) {
      const waitMs = isUnavailable(error) ? withoutMs.unreachable : withoutMs.refused;
      this.#notBeforeMs = this.#driver.clock.monotonic() + waitMs;
      if (!this.#closed) reportUnlessAway(error);
      return;
    }
    this.#gap('the channel was opened');
  }

  #gap(reason: string): void {
    if (this.#closed) return;
    try {
      this.#listener.gap(reason);
    } catch (error) {
      reportListenerError(error);
    }
  }
}

/** A server that is away is the business of whoever sends to it. */
function reportUnlessAway(error: unknown): void {
  if (!isUnavailable(error)) reportListenerError(error);
}
