import { InvalidArgumentError } from './errors/invalid-argument-error.js';

/** What a full queue does with one item more. */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'refuse';

/** A first-in first-out queue with a bound. `push` says what became of the item; `dropped` counts what was lost. */
export class BoundedQueue<T> {
  readonly limit: number;
  readonly overflow: Overflow;
  #items: (T | undefined)[] = [];
  #head = 0;
  #dropped = 0;

  constructor(limit: number, overflow: Overflow) {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new InvalidArgumentError('limit', 'must be a whole number of at least 1', limit);
    }
    this.limit = limit;
    this.overflow = overflow;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(item: T): 'queued' | 'dropped-oldest' | 'dropped-newest' | 'refused' {
    if (this.size < this.limit) {
      this.#items.push(item);
      return 'queued';
    }
    if (this.overflow === 'refuse') return 'refused';
    this.#dropped++;
    if (this.overflow === 'drop-newest') return 'dropped-newest';
    this.shift();
    this.#items.push(item);
    return 'dropped-oldest';
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // Cut the consumed front off once it is half of the array: amortised constant time, bounded memory.
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
