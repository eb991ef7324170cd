import { BoundedQueue, type Overflow } from '../bounded-queue.js';
import { reportListenerError } from './listener-errors.js';

/** What listens to a channel. */
export interface FeedListener {
  /**
   * One message. A returned promise holds back this listener's next message until it settles; meanwhile messages wait in
   * its own bounded queue. What it throws or rejects with is reported and harms nobody else.
   */
  message(payload: Uint8Array, channel: string, pattern: string | undefined): void | Promise<void>;
  /** Messages may be missing before the next one: the connection was cut, or this listener's queue overflowed. */
  gap?(reason: string): void;
}

interface Message {
  readonly payload: Uint8Array;
  readonly channel: string;
  readonly pattern: string | undefined;
}

/** Hands messages to one listener, one at a time, through its own bounded queue. */
export class ListenerQueue {
  readonly #listener: FeedListener;
  readonly #waiting: BoundedQueue<Message>;
  #busy = false;
  #overflowed = false;
  #closed = false;

  constructor(listener: FeedListener, limit: number, overflow: Exclude<Overflow, 'refuse'>) {
    this.#listener = listener;
    this.#waiting = new BoundedQueue(limit, overflow);
  }

  /** Messages this listener lost to its own slowness. */
  get dropped(): number {
    return this.#waiting.dropped;
  }

  message(payload: Uint8Array, channel: string, pattern: string | undefined): void {
    if (this.#closed) return;
    if (!this.#busy) {
      this.#hand(payload, channel, pattern);
      return;
    }
    if (this.#waiting.push({ payload, channel, pattern }) !== 'queued') this.#overflowed = true;
  }

  gap(reason: string): void {
    if (this.#closed) return;
    try {
      this.#listener.gap?.(reason);
    } catch (error) {
      reportListenerError(error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  #hand(payload: Uint8Array, channel: string, pattern: string | undefined): void {
    let result: void | Promise<void>;
    try {
      result = this.#listener.message(payload, channel, pattern);
    } catch (error) {
      reportListenerError(error);
      return;
    }
    if (result === undefined) return;
    this.#busy = true;
    Promise.resolve(result).then(
      () => this.#next(),
      (error) => {
        reportListenerError(error);
        this.#next();
      },
    );
  }

  #next(): void {
    this.#busy = false;
    while (!this.#busy && !this.#closed) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      if (this.#overflowed) {
        this.#overflowed = false;
        this.gap('this listener was too slow; its queue overflowed');
      }
      this.#hand(message.payload, message.channel, message.pattern);
    }
  }
}
