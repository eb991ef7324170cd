import type { Clock, Timer } from '../contract/clock.js';

/** What a deadline ends. */
export interface Expirable {
  expired(): void;
}

/** One call under a deadline: a node of a linked list, taken out in constant time. */
export interface DeadlineEntry {
  readonly owner: Expirable;
  dueMs: number;
  previous: DeadlineEntry | undefined;
  next: DeadlineEntry | undefined;
  list: DeadlineList | undefined;
}

interface DeadlineList {
  head: DeadlineEntry | undefined;
  tail: DeadlineEntry | undefined;
}

/**
 * All deadlines of a driver under one timer. Calls with the same duration expire in the order they were made, so each
 * duration keeps a plain list: adding and removing are constant time, and a call that ends leaves nothing behind.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lists = new Map<number, DeadlineList>();
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(durationMs: number, owner: Expirable): DeadlineEntry {
    let list = this.#lists.get(durationMs);
    if (list === undefined) {
      list = { head: undefined, tail: undefined };
      this.#lists.set(durationMs, list);
    }
    const dueMs = this.#clock.monotonic() + durationMs;
    const entry: DeadlineEntry = { owner, dueMs, previous: list.tail, next: undefined, list };
    if (list.tail === undefined) list.head = entry;
    else list.tail.next = entry;
    list.tail = entry;
    if (dueMs < this.#timerDueMs) this.#arm(dueMs);
    return entry;
  }

  remove(entry: DeadlineEntry): void {
    const { list, previous, next } = entry;
    if (list === undefined) return;
    if (previous === undefined) list.head = next;
    else previous.next = next;
    if (next === undefined) list.tail = previous;
    else next.previous = previous;
    entry.list = undefined;
  }

  /** Stops the timer; entries still listed never expire. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#lists.clear();
  }

  #arm(dueMs: number): void {
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.timer(Math.max(0, dueMs - this.#clock.monotonic()), () => this.#expire());
  }

  #expire(): void {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    let earliest = Number.POSITIVE_INFINITY;
    for (const [durationMs, list] of this.#lists) {
      while (list.head !== undefined && list.head.dueMs <= now) {
        const entry = list.head;
        this.remove(entry);
        entry.owner.expired();
      }
      // Durations seldom used would pile up as empty lists.
      if (list.head === undefined) this.#lists.delete(durationMs);
      else earliest = Math.min(earliest, list.head.dueMs);
    }
    if (earliest < this.#timerDueMs) this.#arm(earliest);
  }
}
