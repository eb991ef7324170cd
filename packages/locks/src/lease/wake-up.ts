import { type Driver, type FeedSubscription, reportListenerError, sharedFeed } from '@penknife/core';
import type { Way } from './acquire-reply.js';
import { processIdLength } from './tokens.js';

/** Who is told. */
export interface WakeListener {
  /** A lock was handed to this token. */
  granted(token: string, key: string): void;
  /** Words may be missing: everybody asks again. */
  gap(): void;
}

/** After a refused subscription, how long until it is tried again. */
const refusedForMs = 30_000;
const tokenLength = processIdLength + 7;

/**
 * The one subscription of a process by which it hears that a lock was handed to it, opened by the first wait. Where it
 * cannot be had (no rights to channels, no connection left) waiters ask again in short intervals instead.
 */
export class WakeUps {
  readonly #driver: Driver;
  readonly #channel: string;
  readonly #listener: WakeListener;
  #subscription: FeedSubscription | undefined;
  #opening: Promise<void> | undefined;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(driver: Driver, channel: string, listener: WakeListener) {
    this.#driver = driver;
    this.#channel = channel;
    this.#listener = listener;
  }

  /** True once words arrive. */
  get live(): boolean {
    return this.#subscription !== undefined;
  }

  /** How a waiter enqueued now can be told. On one server the script sees whether a push reached anybody. */
  get way(): Way {
    return this.live && this.#driver.topology === 'single' ? 'p' : 'n';
  }

  /** Resolves when words arrive, or cannot be had for now. Never rejects. May take as long as there is no connection. */
  open(): Promise<void> {
    if (this.live || this.#closed) return Promise.resolve();
    if (this.#driver.clock.monotonic() - this.#refusedAtMs < refusedForMs) return Promise.resolve();
    this.#opening ??= this.#subscribe();
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    // A subscription that is still on its way cannot be had back: it closes itself when it arrives.
    await this.#subscription?.close();
    this.#subscription = undefined;
  }

  async #subscribe(): Promise<void> {
    const listener = {
      message: (payload: Uint8Array) => {
        const text = Buffer.from(payload).toString('utf8');
        this.#listener.granted(text.slice(0, tokenLength), text.slice(tokenLength));
      },
      gap: () => this.#listener.gap(),
    };
    try {
      const subscription = await sharedFeed(this.#driver).listen('channel', this.#channel, listener);
      if (this.#closed) await subscription.close();
      else this.#subscription = subscription;
    } catch (error) {
      this.#refusedAtMs = this.#driver.clock.monotonic();
      if (!this.#closed) reportListenerError(error);
    }
    this.#opening = undefined;
    // Those who waited without it meanwhile may have missed a word.
    if (this.live) this.#listener.gap();
  }
}
