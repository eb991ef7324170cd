import { BoundedQueue, type Overflow } from '../bounded-queue.js';
import { runListener } from './listener-errors.js';

/** What listens to a channel. */
export interface FeedListener {
  /**
   * One message. A returned promise holds back this listener's next message until it settles; meanwhile messages wait in
   * its own bounded queue. What it throws or rejects with is reported and harms nobody else.
   */
  message(payload: Uint8Array, channel: string, pattern: string | undefined): void | Promise<void>;
  /**
   * Messages may be missing before the next one: the connection was cut, or this listener's queue overflowed. It is told in the
   * order of the messages, and a returned promise holds back the next one.
   */
  gap?(reason: string): void | Promise<void>;
}

interface Message {
  readonly payload: Uint8Array;
  readonly channel: string;
  readonly pattern: string | undefined;
  /** Why messages may be missing right before this one. */
  gap: string | undefined;
}

const tooSlow = 'this listener was too slow; its queue overflowed';

/** Hands messages and gaps to one listener, one at a time and in their order, through its own bounded queue. */
export class ListenerQueue {
  readonly #listener: FeedListener;
  readonly #waiting: BoundedQueue<Message>;
  /** Taken from the queue, while its gap is being told. */
  #head: Message | undefined;
  #busy = false;
  /** What waits is being handed over: what a listener brings about meanwhile comes behind it. */
  #draining = false;
  /** The oldest that waited are gone. */
  #overflowed = false;
  /** Why messages may be missing behind the last one that waits. */
  #gapBehind: string | undefined;
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
    if (!this.#busy && !this.#draining) {
      this.#run(() => this.#listener.message(payload, channel, pattern));
      return;
    }
    const became = this.#waiting.push({ payload, channel, pattern, gap: this.#gapBehind });
    this.#gapBehind = became === 'dropped-newest' ? tooSlow : undefined;
    if (became === 'dropped-oldest') this.#overflowed = true;
  }

  gap(reason: string): void {
    if (this.#closed) return;
    if (this.#busy || this.#draining) this.#gapBehind = reason;
    else this.#tell(reason);
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  #tell(reason: string): void {
    this.#run(() => this.#listener.gap?.(reason));
  }

  #run(act: () => void | Promise<void>): void {
    const settled = runListener(act);
    if (settled === undefined) return;
    this.#busy = true;
    void settled.then(() => this.#next());
  }

  #next(): void {
    this.#busy = false;
    this.#draining = true;
    while (!this.#busy && !this.#closed && this.#step());
    this.#draining = false;
  }

  /** Hands over one thing more; false when there is none. */
  #step(): boolean {
    if (this.#head === undefined && this.#overflowed) {
      this.#overflowed = false;
      this.#tell(tooSlow);
      return true;
    }
    this.#head ??= this.#waiting.shift();
    const message = this.#head;
    const reason = message === undefined ? this.#gapBehind : message.gap;
    if (reason !== undefined) {
      if (message === undefined) this.#gapBehind = undefined;
      else message.gap = undefined;
      this.#tell(reason);
      return true;
    }
    if (message === undefined) return false;
    this.#head = undefined;
    this.#run(() => this.#listener.message(message.payload, message.channel, message.pattern));
    return true;
  }
}
