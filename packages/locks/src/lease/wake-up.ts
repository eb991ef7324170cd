import type { Driver } from '@penknife/core';
import { ProcessChannel } from '@penknife/machinery';
import type { Way } from './acquire-reply.js';
import { processIdLength } from './tokens.js';

/** Who is told. */
export interface WakeListener {
  /** A lock was handed to this token. */
  granted(token: string, key: string): void;
  /** Words may be missing: everybody asks again. */
  gap(): void;
}

const tokenLength = processIdLength + 7;

/**
 * The one channel of a process on which it hears that a lock was handed to it, opened by the first wait. Where it cannot be
 * had (no rights to channels, no connection left) waiters ask again in short intervals instead.
 */
export class WakeUps {
  readonly #channel: ProcessChannel;
  readonly #counted: boolean;

  constructor(driver: Driver, channel: string, listener: WakeListener) {
    this.#counted = driver.topology === 'single';
    this.#channel = new ProcessChannel(driver, () => channel, {
      message: (text) => listener.granted(text.slice(0, tokenLength), text.slice(tokenLength)),
      gap: () => listener.gap(),
    });
  }

  /** True once words arrive. */
  get live(): boolean {
    return this.#channel.live !== undefined;
  }

  /** How a waiter enqueued now can be told. On one server the script sees whether a push reached anybody. */
  get way(): Way {
    return this.live && this.#counted ? 'p' : 'n';
  }

  /** Resolves when words arrive, or cannot be had for now. Never rejects. */
  open(): Promise<void> {
    return this.#channel.open();
  }

  close(): Promise<void> {
    return this.#channel.close();
  }
}
