/** Up to this many keys are searched one by one: cheaper, and far smaller, than a Map. */
const LINEAR_LIMIT = 8;

/** Up to this many keys a removal keeps insertion order, as the compact encodings of Redis do. */
const ORDERED_LIMIT = 128;

/**
 * Keys one JavaScript Map may hold here. A Map ends at 2^24 slots, and slots of deleted keys count until half of
 * them are deleted: only below 2^23 live keys can insertions and removals go on for ever.
 */
const KEYS_PER_MAP: number = 2 ** 23;

/**
 * A set of byte strings: O(1) insertion, lookup and removal, O(1) access by dense position (random picks), and a
 * stateless scan. Keys lie in a dense array; removal moves the last key into the hole (small sets keep their order).
 * Passes the size limit of a JavaScript Map by opening further maps. Positions are valid until the next removal.
 */
export class KeySet {
  protected keys: string[] = [];
  private first: Map<string, number> | undefined = undefined;
  private more: Map<string, number>[] | undefined = undefined;
  private readonly keysPerMap: number;

  constructor(keysPerMap: number = KEYS_PER_MAP) {
    this.keysPerMap = keysPerMap;
  }

  get size(): number {
    return this.keys.length;
  }

  /** Position of the key, from 0 to size - 1, or -1 when it is not there. */
  indexOf(key: string): number {
    const first = this.first;
    if (first === undefined) return this.keys.indexOf(key);
    const index = first.get(key);
    if (index !== undefined) return index;
    return this.more === undefined ? -1 : this.indexInMore(this.more, key);
  }

  has(key: string): boolean {
    return this.indexOf(key) >= 0;
  }

  /** The key at a position. Throws RangeError outside of 0 to size - 1. */
  keyAt(index: number): string {
    const key = this.keys[index];
    if (key === undefined)
      throw new RangeError(`No key at position ${index}: the size is ${this.keys.length}`);
    return key;
  }

  /** Adds the key; false when it was there already. */
  add(key: string): boolean {
    if (this.indexOf(key) >= 0) return false;
    this.append(key);
    return true;
  }

  /** Removes the key; false when it was not there. */
  delete(key: string): boolean {
    const index = this.indexOf(key);
    if (index < 0) return false;
    this.deleteAt(index);
    return true;
  }

  /** Removes the key at a position: above 128 keys the last key takes the position, below all later keys move up. */
  deleteAt(index: number): void {
    const key = this.keyAt(index);
    const keys = this.keys;
    if (this.first === undefined) {
      keys.splice(index, 1);
      return;
    }
    this.mapHolding(key).delete(key);
    const last = keys.length - 1;
    if (last < ORDERED_LIMIT) {
      for (let position = index; position < last; position += 1) this.place(keys[position + 1]!, position);
    } else if (index !== last) {
      this.place(keys[last]!, index);
    }
    keys.pop();
  }

  clear(): void {
    this.keys = [];
    this.first = undefined;
    this.more = undefined;
  }

  /** Calls `visit` for every key, in order of positions. The set must not change meanwhile. */
  forEachKey(visit: (key: string, index: number) => void): void {
    for (let index = 0; index < this.keys.length; index += 1) visit(this.keys[index]!, index);
  }

  /**
   * One step of a scan: visits about `count` keys and returns the next cursor; 0 starts and 0 ends. A key present
   * from the first to the last step is visited at least once, whatever is added or removed between the steps, and
   * every scan ends. Keys may be visited twice. The cursor is a bound on positions: the scan walks from the end to
   * the start, and a removal only ever moves keys to lower positions, so no unvisited key slips behind the bound.
   */
  scan(cursor: number, count: number, visit: (key: string, index: number) => void): number {
    const size = this.keys.length;
    const bound = cursor === 0 || this.first === undefined ? size : Math.min(cursor, size);
    const next = this.first === undefined ? 0 : Math.max(0, bound - Math.max(1, count));
    for (let index = bound - 1; index >= next; index -= 1) visit(this.keys[index]!, index);
    return next;
  }

  /** Appends a key known to be absent. */
  protected append(key: string): void {
    const position = this.keys.length;
    if (this.first === undefined) {
      if (position < LINEAR_LIMIT) {
        // A copy has exactly the needed capacity; push would reserve 17 slots for the first key.
        this.keys = [...this.keys, key];
        return;
      }
      this.first = new Map();
      for (let index = 0; index < position; index += 1) this.mapWithRoom().set(this.keys[index]!, index);
    }
    this.mapWithRoom().set(key, position);
    this.keys.push(key);
  }

  /** Whether a removal now keeps the order of the others; a subclass moves its own columns the same way. */
  protected get removalKeepsOrder(): boolean {
    return this.first === undefined || this.keys.length <= ORDERED_LIMIT;
  }

  private place(key: string, position: number): void {
    this.keys[position] = key;
    this.mapHolding(key).set(key, position);
  }

  private indexInMore(more: Map<string, number>[], key: string): number {
    for (const map of more) {
      const index = map.get(key);
      if (index !== undefined) return index;
    }
    return -1;
  }

  private mapHolding(key: string): Map<string, number> {
    if (this.more === undefined || this.first!.has(key)) return this.first!;
    return this.more.find((map) => map.has(key))!;
  }

  private mapWithRoom(): Map<string, number> {
    if (this.first!.size < this.keysPerMap) return this.first!;
    this.more ??= [];
    let map = this.more.find((candidate) => candidate.size < this.keysPerMap);
    if (map === undefined) {
      map = new Map();
      this.more.push(map);
    }
    return map;
  }
}
