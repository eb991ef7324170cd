import { HashTable } from '../hash-table/hash-table.js';

/** A key and the moment it is due, in the caller's milliseconds. */
export interface DueKey {
  readonly key: string;
  readonly deadlineMs: number;
}

/**
 * The keys that have a deadline, and the next one due: a binary heap of (deadline, key) beside a table of the true
 * deadlines. A postponed or removed key leaves its heap entry behind, which is corrected or dropped when it comes to
 * the top; when more than half of the heap is such garbage the heap is rebuilt, so its size stays within twice the
 * number of keys (plus 64). `set` is O(log n) amortised, and O(1) when a deadline moves later, as with sessions.
 */
export class ExpiryIndex {
  private readonly deadlines = new HashTable<number>();
  private heapTimes: number[] = [];
  private heapKeys: string[] = [];

  /** Keys with a deadline. */
  get size(): number {
    return this.deadlines.size;
  }

  /** Entries in the heap, garbage included. */
  get heapSize(): number {
    return this.heapTimes.length;
  }

  /** The deadline of a key, undefined when it has none. */
  deadline(key: string): number | undefined {
    return this.deadlines.get(key);
  }

  /** Sets or changes the deadline of a key. Throws RangeError on NaN. */
  set(key: string, deadlineMs: number): void {
    if (Number.isNaN(deadlineMs))
      throw new RangeError(`The deadline of ${JSON.stringify(key)} must be a number, got NaN`);
    const index = this.deadlines.indexOf(key);
    if (index < 0) {
      this.deadlines.insert(key, deadlineMs);
      this.push(deadlineMs, key);
      return;
    }
    const old = this.deadlines.valueAt(index);
    this.deadlines.replaceAt(index, deadlineMs);
    // Every key keeps a heap entry at or before its deadline: a later deadline needs no new one.
    if (deadlineMs < old) this.push(deadlineMs, key);
  }

  /** Forgets the key; false when it had no deadline. */
  delete(key: string): boolean {
    if (!this.deadlines.delete(key)) return false;
    this.compactIfNeeded();
    return true;
  }

  clear(): void {
    this.deadlines.clear();
    this.heapTimes = [];
    this.heapKeys = [];
  }

  /** The key due next, without removing it; undefined when no key has a deadline. */
  next(): DueKey | undefined {
    while (this.heapTimes.length > 0) {
      const key = this.heapKeys[0]!;
      const queued = this.heapTimes[0]!;
      const deadlineMs = this.deadlines.get(key);
      if (deadlineMs === queued) return { key, deadlineMs };
      if (deadlineMs === undefined || deadlineMs < queued) this.dropTop();
      else this.sink(deadlineMs, key);
    }
    return undefined;
  }

  /** Removes and returns the next key whose deadline is at or before `nowMs`; undefined when none is due. */
  takeDue(nowMs: number): DueKey | undefined {
    const due = this.next();
    if (due === undefined || due.deadlineMs > nowMs) return undefined;
    this.deadlines.delete(due.key);
    this.dropTop();
    return due;
  }

  /** A key at a dense position (0 to size - 1), for sampling. */
  keyAt(index: number): string {
    return this.deadlines.keyAt(index);
  }

  private push(time: number, key: string): void {
    const times = this.heapTimes;
    const keys = this.heapKeys;
    let hole = times.length;
    times.push(time);
    keys.push(key);
    while (hole > 0) {
      const parent = (hole - 1) >>> 1;
      if (times[parent]! <= time) break;
      times[hole] = times[parent]!;
      keys[hole] = keys[parent]!;
      hole = parent;
    }
    times[hole] = time;
    keys[hole] = key;
    this.compactIfNeeded();
  }

  private dropTop(): void {
    const time = this.heapTimes.pop()!;
    const key = this.heapKeys.pop()!;
    if (this.heapTimes.length > 0) this.sink(time, key);
  }

  /** Puts an entry in place of the top and lets it sink. */
  private sink(time: number, key: string, from = 0): void {
    const times = this.heapTimes;
    const keys = this.heapKeys;
    const size = times.length;
    let hole = from;
    for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && times[child + 1]! < times[child]!) child += 1;
      if (times[child]! >= time) break;
      times[hole] = times[child]!;
      keys[hole] = keys[child]!;
      hole = child;
    }
    times[hole] = time;
    keys[hole] = key;
  }

  private compactIfNeeded(): void {
    if (this.heapTimes.length <= 2 * this.deadlines.size + 64) return;
    const times: number[] = [];
    const keys: string[] = [];
    this.deadlines.forEach((deadlineMs, key) => {
      times.push(deadlineMs);
      keys.push(key);
    });
    this.heapTimes = times;
    this.heapKeys = keys;
    for (let parent = (times.length >>> 1) - 1; parent >= 0; parent -= 1) {
      this.sink(times[parent]!, keys[parent]!, parent);
    }
  }
}
