/** Most items in a chunk. */
const CHUNK_CAPACITY = 128;

/**
 * A list as Redis keeps it: a deque of small chunks. Push and pop at both ends cost O(1), access by index O(1) while
 * the list was only changed at its ends and O(chunks) otherwise, insertion and removal inside O(chunk + chunks).
 * Indexes count from 0 at the head; negative ones are the caller's matter.
 */
export class ChunkedList {
  private chunks: string[][] = [];
  private total = 0;
  /** True while every chunk but the first and the last is full: then an index can be computed. */
  private even = true;

  get size(): number {
    return this.total;
  }

  pushHead(item: string): void {
    const first = this.chunks[0];
    if (first === undefined || first.length >= CHUNK_CAPACITY) this.chunks.unshift([item]);
    else first.unshift(item);
    this.total += 1;
  }

  pushTail(item: string): void {
    const last = this.chunks[this.chunks.length - 1];
    if (last === undefined || last.length >= CHUNK_CAPACITY) this.chunks.push([item]);
    else last.push(item);
    this.total += 1;
  }

  popHead(): string | undefined {
    const first = this.chunks[0];
    if (first === undefined) return undefined;
    const item = first.shift();
    this.afterPop(first, 0);
    return item;
  }

  popTail(): string | undefined {
    const at = this.chunks.length - 1;
    const last = this.chunks[at];
    if (last === undefined) return undefined;
    const item = last.pop();
    this.afterPop(last, at);
    return item;
  }

  /** The item at an index; undefined outside of 0 to size - 1. */
  at(index: number): string | undefined {
    if (index < 0 || index >= this.total) return undefined;
    const [chunk, offset] = this.locate(index);
    return this.chunks[chunk]![offset];
  }

  /** Replaces the item at an index; false outside of the list. */
  replaceAt(index: number, item: string): boolean {
    if (index < 0 || index >= this.total) return false;
    const [chunk, offset] = this.locate(index);
    this.chunks[chunk]![offset] = item;
    return true;
  }

  /** Inserts before the item at `index`; `index` = size appends. Throws RangeError outside of 0 to size. */
  insertAt(index: number, item: string): void {
    if (!(index >= 0 && index <= this.total)) {
      throw new RangeError(`No place ${index} to insert at in a list of ${this.total}`);
    }
    if (index === this.total) {
      this.pushTail(item);
      return;
    }
    if (index === 0) {
      this.pushHead(item);
      return;
    }
    const [at, offset] = this.locate(index);
    const chunk = this.chunks[at]!;
    chunk.splice(offset, 0, item);
    this.total += 1;
    if (chunk.length > CHUNK_CAPACITY) this.chunks.splice(at + 1, 0, chunk.splice(CHUNK_CAPACITY >>> 1));
    this.even = this.chunks.length <= 2;
  }

  /** Removes the item at an index; undefined outside of the list. */
  removeAt(index: number): string | undefined {
    if (index < 0 || index >= this.total) return undefined;
    const [at, offset] = this.locate(index);
    const [item] = this.chunks[at]!.splice(offset, 1);
    this.total -= 1;
    this.tidy(at);
    return item;
  }

  /**
   * Removes items equal to `item`: from the head for a positive `count`, from the tail for a negative one, all for 0.
   * Returns how many went.
   */
  removeEqual(item: string, count: number): number {
    const limit = count === 0 ? this.total : Math.abs(count);
    const backwards = count < 0;
    let removed = 0;
    const order = backwards ? [...this.chunks.keys()].reverse() : [...this.chunks.keys()];
    for (const at of order) {
      if (removed === limit) break;
      const chunk = this.chunks[at]!;
      const drop = new Set<number>();
      for (let step = 0; step < chunk.length && removed < limit; step += 1) {
        const offset = backwards ? chunk.length - 1 - step : step;
        if (chunk[offset] !== item) continue;
        drop.add(offset);
        removed += 1;
      }
      if (drop.size > 0) this.chunks[at] = chunk.filter((_item, offset) => !drop.has(offset));
    }
    if (removed > 0) {
      this.total -= removed;
      this.repack();
    }
    return removed;
  }

  /** Keeps the items from `start` to `stop`, both included; an empty interval empties the list. */
  trim(start: number, stop: number): void {
    const first = Math.max(0, start);
    const last = Math.min(this.total - 1, stop);
    if (first > last) {
      this.chunks = [];
      this.total = 0;
      this.even = true;
      return;
    }
    this.dropTail(this.total - 1 - last);
    this.dropHead(first);
  }

  /** The items from `start` to `stop`, both included and cut to the list, as an array. */
  range(start: number, stop: number): string[] {
    const result: string[] = [];
    const first = Math.max(0, start);
    this.forEachFrom(first, false, (item, index) => {
      if (index > stop) return false;
      result.push(item);
      return true;
    });
    return result;
  }

  /**
   * Visits items from an index on, towards the tail or (reverse) towards the head, until `visit` returns false.
   * What LPOS and LINSERT search with. The list must not change meanwhile.
   */
  forEachFrom(index: number, reverse: boolean, visit: (item: string, index: number) => boolean): void {
    if (index < 0 || index >= this.total) return;
    let [at, offset] = this.locate(index);
    let position = index;
    const step = reverse ? -1 : 1;
    for (let chunk = this.chunks[at]; chunk !== undefined; chunk = this.chunks[at]) {
      for (; offset >= 0 && offset < chunk.length; offset += step, position += step) {
        if (!visit(chunk[offset]!, position)) return;
      }
      at += step;
      offset = reverse ? (this.chunks[at]?.length ?? 0) - 1 : 0;
    }
  }

  private locate(index: number): [chunk: number, offset: number] {
    const chunks = this.chunks;
    const head = chunks[0]!.length;
    if (index < head) return [0, index];
    if (this.even) {
      const behind = index - head;
      return [1 + Math.floor(behind / CHUNK_CAPACITY), behind % CHUNK_CAPACITY];
    }
    if (index < this.total >>> 1) {
      let rest = index;
      let at = 0;
      for (; rest >= chunks[at]!.length; at += 1) rest -= chunks[at]!.length;
      return [at, rest];
    }
    let start = this.total;
    let at = chunks.length;
    do {
      at -= 1;
      start -= chunks[at]!.length;
    } while (start > index);
    return [at, index - start];
  }

  private afterPop(chunk: string[], at: number): void {
    this.total -= 1;
    if (chunk.length > 0) return;
    if (at === 0) this.chunks.shift();
    else this.chunks.pop();
    if (this.chunks.length <= 2) this.even = true;
  }

  /** After a removal inside: drops an empty chunk, joins a sparse one with its neighbour. */
  private tidy(at: number): void {
    const chunk = this.chunks[at]!;
    const next = this.chunks[at + 1];
    if (chunk.length === 0) this.chunks.splice(at, 1);
    else if (next !== undefined && chunk.length + next.length <= CHUNK_CAPACITY / 2) {
      this.chunks.splice(at, 2, chunk.concat(next));
    }
    this.even = this.chunks.length <= 2;
  }

  private repack(): void {
    const packed: string[][] = [];
    for (const chunk of this.chunks) {
      const last = packed[packed.length - 1];
      if (chunk.length === 0) continue;
      if (last !== undefined && last.length + chunk.length <= CHUNK_CAPACITY) last.push(...chunk);
      else packed.push(chunk);
    }
    this.chunks = packed;
    this.even = packed.length <= 2;
  }

  private dropTail(count: number): void {
    let left = count;
    for (let last = this.chunks.at(-1); left > 0 && last !== undefined; last = this.chunks.at(-1)) {
      const gone = Math.min(left, last.length);
      last.length -= gone;
      left -= gone;
      this.total -= gone;
      if (last.length === 0) this.chunks.pop();
    }
    if (this.chunks.length <= 2) this.even = true;
  }

  private dropHead(count: number): void {
    let left = count;
    let whole = 0;
    while (left > 0 && left >= this.chunks[whole]!.length) {
      left -= this.chunks[whole]!.length;
      whole += 1;
    }
    this.chunks.splice(0, whole);
    if (left > 0) this.chunks[0]!.splice(0, left);
    this.total -= count;
    if (this.chunks.length <= 2) this.even = true;
  }
}
