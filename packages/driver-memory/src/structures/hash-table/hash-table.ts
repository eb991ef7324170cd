import { KeySet } from './key-set.js';

/**
 * A map from byte strings to values with the powers of `KeySet`: beyond the size limit of a JavaScript Map, access by
 * position for random picks, and a stateless scan. A lookup costs one Map lookup and one array access. Small tables
 * (up to 128 entries) iterate in insertion order.
 */
export class HashTable<V> extends KeySet {
  private values: V[] = [];

  get(key: string): V | undefined {
    const index = this.indexOf(key);
    return index < 0 ? undefined : this.values[index];
  }

  /** The value at a position. Throws RangeError outside of 0 to size - 1. */
  valueAt(index: number): V {
    if (!(index >= 0 && index < this.values.length)) this.keyAt(index);
    return this.values[index] as V;
  }

  /** Replaces the value at a position found by `indexOf`; saves the second lookup of a read-then-write. */
  replaceAt(index: number, value: V): void {
    this.keyAt(index);
    this.values[index] = value;
  }

  /** Inserts or replaces; true when the key is new. */
  set(key: string, value: V): boolean {
    const index = this.indexOf(key);
    if (index >= 0) {
      this.values[index] = value;
      return false;
    }
    this.insert(key, value);
    return true;
  }

  /** Inserts a key the caller knows to be absent (after `indexOf` gave -1). An existing key would corrupt the table. */
  insert(key: string, value: V): void {
    this.append(key);
    if (this.keys.length <= 8) this.values = [...this.values, value];
    else this.values.push(value);
  }

  /** Refuses keys without a value: use `set`. */
  override add(key: string): never {
    throw new TypeError(`HashTable.add(${JSON.stringify(key)}): a table needs a value, use set`);
  }

  override deleteAt(index: number): void {
    this.keyAt(index);
    const values = this.values;
    if (this.removalKeepsOrder) {
      values.splice(index, 1);
    } else {
      const last = values.pop() as V;
      if (index < values.length) values[index] = last;
    }
    super.deleteAt(index);
  }

  override clear(): void {
    super.clear();
    this.values = [];
  }

  /** Calls `visit` for every entry, in order of positions. The table must not change meanwhile. */
  forEach(visit: (value: V, key: string) => void): void {
    for (let index = 0; index < this.keys.length; index += 1)
      visit(this.values[index] as V, this.keys[index]!);
  }
}
