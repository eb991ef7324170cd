import type { HeldEntry } from './held-entry.js';

/** What a consumer has taken and not started yet, and which of it may start. */
export interface Backlog {
  /** Entries that are not started. */
  readonly size: number;
  add(entries: readonly HeldEntry[]): void;
  /** Up to `count` entries to start now. Let-go entries may be among them. */
  next(count: number): HeldEntry[];
  /** The entry is settled, lost or handed over. */
  letGo(entry: HeldEntry): void;
  /** All that is not started, and forgets it. */
  clear(): HeldEntry[];
}

/** First come, first served. */
export class PlainBacklog implements Backlog {
  #waiting: HeldEntry[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(entries: readonly HeldEntry[]): void {
    this.#waiting.push(...entries);
  }

  next(count: number): HeldEntry[] {
    return this.#waiting.splice(0, count);
  }

  letGo(): void {
    // Found out when its turn comes.
  }

  clear(): HeldEntry[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
