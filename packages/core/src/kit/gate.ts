import { ConnectionError } from '../errors/connection-error.js';

/** Where calls wait while there is no connection: ours, so that a caller who gives up takes its command along. */
export class Gate {
  readonly #waiting: Set<() => void> = new Set();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Waits for `open()`; the returned function gives the place up. */
  wait(proceed: () => void): () => void {
    if (this.#waiting.size >= this.#limit) {
      throw new ConnectionError(`not connected, and ${this.#limit} calls wait already`, { sent: 'no' });
    }
    this.#waiting.add(proceed);
    return () => this.#waiting.delete(proceed);
  }

  /** Lets everybody through, in the order they came, as long as `stillOpen`. */
  open(stillOpen: () => boolean): void {
    for (const proceed of this.#waiting) {
      if (!stillOpen()) return;
      this.#waiting.delete(proceed);
      proceed();
    }
  }
}
