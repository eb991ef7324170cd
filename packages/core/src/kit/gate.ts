import type { Timer } from '../contract/clock.js';
import { ConnectionError } from '../errors/connection-error.js';

/**
 * Where calls wait while they cannot be written: for a connection, or for a moment after a refusal. Ours and not the client's,
 * so that a caller who gives up takes the command along; and bounded, both kinds of waiting together.
 */
export class Gate {
  readonly #waiting: Set<() => void> = new Set();
  readonly #limit: number;
  #pausing = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for `open()`; the returned function gives the place up. Throws when too many wait. */
  wait(proceed: () => void): () => void {
    this.#refuseMore();
    this.#waiting.add(proceed);
    return () => this.#waiting.delete(proceed);
  }

  /** Waits for a timer; the returned function gives the place up. Throws when too many wait. */
  pause(start: (resume: () => void) => Timer, proceed: () => void): () => void {
    this.#refuseMore();
    this.#pausing++;
    let over = false;
    const leave = (): void => {
      if (over) return;
      over = true;
      this.#pausing--;
    };
    const timer = start(() => {
      leave();
      proceed();
    });
    return () => {
      leave();
      timer.cancel();
    };
  }

  /** Lets everybody through who waits now, in the order they came, as long as `stillOpen`. */
  open(stillOpen: () => boolean): void {
    for (const proceed of [...this.#waiting]) {
      if (!stillOpen()) return;
      if (this.#waiting.delete(proceed)) proceed();
    }
  }

  #refuseMore(): void {
    if (this.#waiting.size + this.#pausing < this.#limit) return;
    throw new ConnectionError(`not connected, and ${this.#limit} calls wait already`, { sent: 'no' });
  }
}
