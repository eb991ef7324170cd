import type { LightUserdata } from './light-userdata.js';
import { mainPosition } from './table-hash.js';

/**
 * Every value a script can hold. nil is `undefined`; strings carry one byte per char code (0..255);
 * numbers are doubles, as in Lua 5.1. There is no other way into the JavaScript world from a script.
 */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction | LightUserdata;

/**
 * What a call gives back: one bare value, or an array for zero, two or more values (an array of one is
 * allowed too). A result array is never written to after it was returned.
 */
export type LuaResult = LuaValue | readonly LuaValue[];

/** A Lua function, compiled or built in: plain positional arguments, `LuaResult` out. */
export type LuaFunction = (...args: LuaValue[]) => LuaResult;

/** One past the largest power of two an array part may reach. */
const MAXIMUM_ARRAY_BITS = 26;

/** Raised by a table for a key it cannot hold; callers add the position. */
export class TableKeyError extends Error {}

/** Shared by all tables without a hash part; never written to. */
const NO_VALUES: LuaValue[] = [];
const NO_LINKS: number[] = [];

function ceilingLog2(value: number): number {
  return value <= 1 ? 0 : 32 - Math.clz32(value - 1);
}

/**
 * A Lua table: array part and hash part laid out as Lua 5.1's ltable.c does it (main positions, free pointer,
 * rehash), so that `pairs` runs in the order of a real server and `#` finds the same border in tables with holes.
 * Lookups go through a Map and never touch JavaScript properties: no key can reach a prototype.
 */
export class LuaTable {
  metatable: LuaTable | undefined = undefined;
  /** Set for the global table and the libraries: scripts may not write to them. */
  readonly = false;
  /** Counts how often the parts were laid out anew: cursors of an older generation are void. */
  generation = 0;
  /** Values of keys 1..length; logically `arraySize` slots, the missing ones nil. */
  private array: LuaValue[];
  private arraySize: number;
  private places: Map<LuaValue, number> | undefined = undefined;
  private keys: LuaValue[] = NO_VALUES;
  private values: LuaValue[] = NO_VALUES;
  private links: number[] = NO_LINKS;
  private nodeCount = 0;
  private freePointer = 0;

  constructor(array: LuaValue[] = [], arraySize: number = array.length, hashSize = 0) {
    this.array = array;
    this.arraySize = arraySize;
    if (hashSize > 0) this.allocateNodes(hashSize);
  }

  /** A table as a C function fills it, slot after slot from 1: its array part grows by powers of two. */
  static filled(array: LuaValue[]): LuaTable {
    return new LuaTable(array, array.length === 0 ? 0 : 2 ** ceilingLog2(array.length));
  }

  /** The raw value at a key; nil when absent. */
  get(key: LuaValue): LuaValue {
    if (typeof key === 'number' && key > 0 && key <= this.array.length) {
      const value = this.array[key - 1];
      if (value !== undefined) return value;
    }
    if (this.places === undefined) return undefined;
    const place = this.places.get(key);
    return place === undefined ? undefined : this.values[place];
  }

  /** Writes raw; throws `TableKeyError` for nil and NaN keys. A nil value for a new key claims a node, as in Lua. */
  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === 'number' && key > 0 && key <= this.arraySize && Number.isInteger(key)) {
      this.setSlot(key - 1, value);
      return;
    }
    const place = this.places?.get(key);
    if (place !== undefined) {
      this.values[place] = value;
      return;
    }
    if (key === undefined) throw new TableKeyError('table index is nil');
    if (Number.isNaN(key)) throw new TableKeyError('table index is NaN');
    this.insert(key === 0 ? 0 : key, value);
  }

  private setSlot(slot: number, value: LuaValue): void {
    const array = this.array;
    if (slot < array.length) array[slot] = value;
    else {
      while (array.length < slot) array.push(undefined);
      array.push(value);
    }
  }

  /** The border `#` gives: a binary search where the array part ends in nil, as luaH_getn does. */
  length(): number {
    const size = this.arraySize;
    const array = this.array;
    if (size > 0 && (array.length < size || array[size - 1] === undefined)) {
      let low = 0;
      let high = size;
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if (array[middle - 1] === undefined) high = middle;
        else low = middle;
      }
      return low;
    }
    return this.nodeCount === 0 ? size : this.unboundSearch(size);
  }

  private unboundSearch(start: number): number {
    let low = start;
    let high = start + 1;
    while (this.get(high) !== undefined) {
      low = high;
      high *= 2;
      if (high > 0x7fff_fffd) {
        let index = 1;
        while (this.get(index) !== undefined) index++;
        return index - 1;
      }
    }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.get(middle) === undefined) high = middle;
      else low = middle;
    }
    return low;
  }

  /**
   * Walking without keys: the cursor after `cursor` (start with 0) whose entry holds a value, or 0 at the end.
   * `keyAt` and `valueAt` read the entry. Assigning to existing keys while walking is safe.
   */
  advance(cursor: number): number {
    let next = cursor;
    const size = this.arraySize;
    for (; next < size; next++) if (this.array[next] !== undefined) return next + 1;
    for (; next < size + this.nodeCount; next++) if (this.values[next - size] !== undefined) return next + 1;
    return 0;
  }

  /** The key under a cursor given by `advance`. */
  keyAt(cursor: number): LuaValue {
    return cursor <= this.arraySize ? cursor : this.keys[cursor - 1 - this.arraySize];
  }

  /** The value under a cursor given by `advance`. */
  valueAt(cursor: number): LuaValue {
    return cursor <= this.arraySize ? this.array[cursor - 1] : this.values[cursor - 1 - this.arraySize];
  }

  /** The cursor of a key for `next`: 0 for nil, undefined for a key the table never held. */
  cursorOf(key: LuaValue): number | undefined {
    if (key === undefined) return 0;
    if (typeof key === 'number' && key > 0 && key <= this.arraySize && Number.isInteger(key)) return key;
    const place = this.places?.get(key);
    return place === undefined ? undefined : place + 1 + this.arraySize;
  }

  /** Makes room for slots up to `count` at once, as a table constructor's list part does. */
  ensureArray(count: number): void {
    if (count > this.arraySize) this.resize(count, this.nodeCount);
  }

  private allocateNodes(count: number): void {
    const size = count === 0 ? 0 : 2 ** ceilingLog2(count);
    this.nodeCount = size;
    this.freePointer = size;
    this.places = size === 0 ? undefined : new Map();
    this.keys = size === 0 ? NO_VALUES : new Array<LuaValue>(size).fill(undefined);
    this.values = size === 0 ? NO_VALUES : new Array<LuaValue>(size).fill(undefined);
    this.links = size === 0 ? NO_LINKS : new Array<number>(size).fill(-1);
  }

  private insert(key: LuaValue, value: LuaValue): void {
    if (this.nodeCount === 0) {
      this.rehash(key, value);
      return;
    }
    let main = mainPosition(key, this.nodeCount);
    if (this.values[main] !== undefined) {
      const free = this.takeFree();
      if (free < 0) {
        this.rehash(key, value);
        return;
      }
      const rival = mainPosition(this.keys[main], this.nodeCount);
      if (rival === main) {
        this.links[free] = this.links[main]!;
        this.links[main] = free;
        main = free;
      } else {
        let previous = rival;
        while (this.links[previous] !== main) previous = this.links[previous]!;
        this.links[previous] = free;
        this.keys[free] = this.keys[main];
        this.values[free] = this.values[main];
        this.links[free] = this.links[main]!;
        this.places!.set(this.keys[free], free);
        this.links[main] = -1;
        this.keys[main] = undefined;
      }
    }
    const dead = this.keys[main];
    if (dead !== undefined && this.places!.get(dead) === main) this.places!.delete(dead);
    this.keys[main] = key;
    this.values[main] = value;
    this.places!.set(key, main);
  }

  private takeFree(): number {
    while (this.freePointer > 0) {
      this.freePointer--;
      if (this.keys[this.freePointer] === undefined) return this.freePointer;
    }
    return -1;
  }

  /** Counts integer keys by power of two and moves to the largest array part that is more than half full. */
  private rehash(extra: LuaValue, value: LuaValue): void {
    const counts = new Array<number>(MAXIMUM_ARRAY_BITS + 1).fill(0);
    let integers = 0;
    let total = 1;
    const count = (key: LuaValue): void => {
      if (typeof key !== 'number' || !Number.isInteger(key) || key < 1) return;
      if (key > 2 ** MAXIMUM_ARRAY_BITS) return;
      counts[ceilingLog2(key)]!++;
      integers++;
    };
    for (let slot = 0; slot < this.array.length; slot++) {
      if (this.array[slot] === undefined) continue;
      counts[ceilingLog2(slot + 1)]!++;
      integers++;
      total++;
    }
    for (let node = 0; node < this.nodeCount; node++) {
      if (this.values[node] === undefined) continue;
      count(this.keys[node]);
      total++;
    }
    count(extra);
    let reached = 0;
    let inArray = 0;
    let size = 0;
    for (let bit = 0, power = 1; power / 2 < integers; bit++, power *= 2) {
      if (counts[bit]! > 0) {
        reached += counts[bit]!;
        if (reached > power / 2) {
          size = power;
          inArray = reached;
        }
      }
      if (reached === integers) break;
    }
    this.resize(size, total - inArray);
    this.set(extra, value);
  }

  private resize(arraySize: number, hashSize: number): void {
    const { keys, values, nodeCount } = this;
    const cut = this.array.length > arraySize ? this.array.splice(arraySize) : undefined;
    this.arraySize = arraySize;
    this.generation++;
    this.allocateNodes(hashSize);
    if (cut) {
      for (let slot = 0; slot < cut.length; slot++) {
        if (cut[slot] !== undefined) this.set(arraySize + slot + 1, cut[slot]);
      }
    }
    for (let node = nodeCount - 1; node >= 0; node--) {
      if (values[node] !== undefined) this.set(keys[node], values[node]);
    }
  }
}
