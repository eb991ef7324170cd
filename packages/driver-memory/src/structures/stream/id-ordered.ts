import { compareIds, type StreamId } from './stream-id.js';

const CHUNK_CAPACITY = 128;

/**
 * Values ordered by the stream id they carry, in short sorted runs: append at the end O(1), lookup O(log n), insertion
 * and removal anywhere O(log n + run). Holds what is pending in a group and for a consumer.
 */
export class IdOrdered<V extends { readonly id: StreamId }> {
  private runs: V[][] = [];
  private total = 0;

  get size(): number {
    return this.total;
  }

  get first(): V | undefined {
    return this.runs[0]?.[0];
  }

  get last(): V | undefined {
    return this.runs[this.runs.length - 1]?.at(-1);
  }

  get(id: StreamId): V | undefined {
    const run = this.runs[this.runFor(id)];
    if (run === undefined) return undefined;
    const value = run[lowerIndex(run, id)];
    return value !== undefined && compareIds(value.id, id) === 0 ? value : undefined;
  }

  /** Inserts, or replaces the value with the same id. */
  set(value: V): void {
    const at = Math.max(0, this.runFor(value.id));
    const run = this.runs[at];
    if (run === undefined) {
      this.runs.push([value]);
      this.total += 1;
      return;
    }
    const index = lowerIndex(run, value.id);
    const present = run[index];
    if (present !== undefined && compareIds(present.id, value.id) === 0) {
      run[index] = value;
      return;
    }
    this.total += 1;
    const isAppend = at === this.runs.length - 1 && index === run.length;
    if (isAppend && run.length >= CHUNK_CAPACITY) {
      this.runs.push([value]);
      return;
    }
    run.splice(index, 0, value);
    if (run.length > CHUNK_CAPACITY) this.runs.splice(at + 1, 0, run.splice(CHUNK_CAPACITY >>> 1));
  }

  /** Removes and returns the value with this id; undefined when there is none. */
  delete(id: StreamId): V | undefined {
    const at = this.runFor(id);
    const run = this.runs[at];
    if (run === undefined) return undefined;
    const index = lowerIndex(run, id);
    const value = run[index];
    if (value === undefined || compareIds(value.id, id) !== 0) return undefined;
    run.splice(index, 1);
    this.total -= 1;
    if (run.length === 0) this.runs.splice(at, 1);
    else this.joinWithNext(at);
    return value;
  }

  /** Visits values from the first id at or after `start` on, until `visit` returns false. No changes meanwhile. */
  forEachFrom(start: StreamId, visit: (value: V) => boolean): void {
    let at = Math.max(0, this.runFor(start));
    let index = this.runs[at] === undefined ? 0 : lowerIndex(this.runs[at]!, start);
    for (let run = this.runs[at]; run !== undefined; at += 1, run = this.runs[at], index = 0) {
      for (; index < run.length; index += 1) if (!visit(run[index]!)) return;
    }
  }

  /** The first value whose id is at or after `start`. */
  ceiling(start: StreamId): V | undefined {
    let found: V | undefined;
    this.forEachFrom(start, (value) => {
      found = value;
      return false;
    });
    return found;
  }

  private joinWithNext(at: number): void {
    const run = this.runs[at]!;
    const next = this.runs[at + 1];
    if (next !== undefined && run.length + next.length <= CHUNK_CAPACITY / 2)
      this.runs.splice(at, 2, run.concat(next));
  }

  private runFor(id: StreamId): number {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIds(this.runs[middle]![0]!.id, id) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function lowerIndex(run: readonly { readonly id: StreamId }[], id: StreamId): number {
  let low = 0;
  let high = run.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds(run[middle]!.id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
