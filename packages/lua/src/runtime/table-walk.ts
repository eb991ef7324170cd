import { LuaTable, TableKeyError } from './table.js';
import type { LuaFunction, LuaResult, LuaValue } from './values.js';

/** A loop over a table that needs no call per turn; `key` and `value` hold the entry after `next()` gave true. */
export interface TableWalk {
  key: LuaValue;
  value: LuaValue;
  next(): boolean;
}

/** All entries, in the order of `next`. */
class EntryWalk implements TableWalk {
  key: LuaValue = undefined;
  value: LuaValue = undefined;
  private readonly table: LuaTable;
  private cursor = 0;
  private generation: number;

  constructor(table: LuaTable) {
    this.table = table;
    this.generation = table.generation;
  }

  next(): boolean {
    const table = this.table;
    if (table.generation !== this.generation) this.findAgain();
    const cursor = table.advance(this.cursor);
    if (cursor === 0) return false;
    this.cursor = cursor;
    this.key = table.keyAt(cursor);
    this.value = table.valueAt(cursor);
    return true;
  }

  /** The loop's body added keys and the table was laid out anew: go on from the last key, as `next` would. */
  private findAgain(): void {
    const cursor = this.table.cursorOf(this.key);
    if (cursor === undefined) throw new TableKeyError("invalid key to 'next'");
    this.cursor = cursor;
    this.generation = this.table.generation;
  }
}

/** 1, 2, 3 … up to the first nil, reading raw. */
class IndexWalk implements TableWalk {
  key: LuaValue = 0;
  value: LuaValue = undefined;
  private readonly table: LuaTable;
  private position = 0;

  constructor(table: LuaTable) {
    this.table = table;
  }

  next(): boolean {
    this.key = ++this.position;
    this.value = this.table.get(this.position);
    return this.value !== undefined;
  }
}

/** The iterator `pairs` hands out, as the global `next` uses it on tables. */
export const nextEntry: LuaFunction = (table, key) => {
  const entries = table as LuaTable;
  const cursor = entries.cursorOf(key);
  if (cursor === undefined) throw new TableKeyError("invalid key to 'next'");
  const following = entries.advance(cursor);
  return following === 0 ? undefined : [entries.keyAt(following), entries.valueAt(following)];
};

/** The iterator `ipairs` hands out. */
export const nextIndex: LuaFunction = (table, index): LuaResult => {
  const following = (index as number) + 1;
  const value = (table as LuaTable).get(following);
  return value === undefined ? undefined : [following, value];
};

/** A call-free walk for the loops `pairs` and `ipairs` make; undefined for any other iterator. */
export function tableWalk(
  next: LuaFunction,
  iterator: LuaValue,
  table: LuaValue,
  control: LuaValue,
): TableWalk | undefined {
  if (!(table instanceof LuaTable)) return undefined;
  if (iterator === next && control === undefined) return new EntryWalk(table);
  if (iterator === nextIndex && control === 0) return new IndexWalk(table);
  return undefined;
}
