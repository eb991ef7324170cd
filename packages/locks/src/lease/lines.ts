import type { Waiting } from './waiter-parts.js';

/**
 * The waiters of one process, a line for each lock, first come first served. Only the head of a line is known to the
 * server, so a hundred callers of a process cost the server as much as one.
 */
export class Lines {
  readonly #lines = new Map<string, Set<Waiting>>();
  readonly #running = new Set<Promise<void>>();

  /** How many wait, over all lines. */
  get size(): number {
    let size = 0;
    for (const line of this.#lines.values()) size += line.size;
    return size;
  }

  add(waiter: Waiting): void {
    const line = this.#lines.get(waiter.key);
    if (line !== undefined) {
      line.add(waiter);
      return;
    }
    this.#lines.set(waiter.key, new Set([waiter]));
    this.#start(waiter);
  }

  /** The waiter is over, at whatever place; the next one starts when it was the head. */
  delete(waiter: Waiting): void {
    const line = this.#lines.get(waiter.key);
    if (line === undefined) return;
    const [head] = line;
    if (!line.delete(waiter)) return;
    const [next] = line;
    if (next === undefined) this.#lines.delete(waiter.key);
    else if (head === waiter) this.#start(next);
  }

  /** Those that are known to the server. */
  heads(): Waiting[] {
    return [...this.#lines.values()].flatMap((line) => [...line].slice(0, 1));
  }

  all(): Waiting[] {
    return [...this.#lines.values()].flatMap((line) => [...line]);
  }

  /** Resolves when no request of a waiter is on its way. */
  async quiet(): Promise<void> {
    await Promise.all(this.#running);
  }

  #start(waiter: Waiting): void {
    const run = waiter.run().then(() => {
      this.#running.delete(run);
    });
    this.#running.add(run);
  }
}
