import type { Site, State } from './state.js';
import { LuaTable, TableKeyError } from './table.js';
import type { LuaValue } from './values.js';

/** A table constructor's plan: for each field whether it has a key, and the sizes Lua's compiler would ask for. */
export interface TableShape {
  readonly keyed: readonly boolean[];
  readonly arraySize: number;
  readonly hashSize: number;
  readonly site: Site;
}

/** A size after the trip through Lua's one-byte "floating point" operand, which rounds up from 16 on. */
export function roundedSize(size: number): number {
  let mantissa = size;
  let exponent = 0;
  while (mantissa >= 16) {
    mantissa = (mantissa + 1) >> 1;
    exponent++;
  }
  return mantissa * 2 ** exponent;
}

/**
 * Builds a table with keyed fields. `values` holds, in source order, key and value of a keyed field or the value
 * of a list field; values beyond the shape belong to the list (from a call or `...` in last place).
 */
export function constructTable(state: State, shape: TableShape, values: readonly LuaValue[]): LuaTable {
  const table = new LuaTable([], shape.arraySize, shape.hashSize);
  const items: LuaValue[] = [];
  let index = 0;
  for (const keyed of shape.keyed) {
    if (!keyed) items.push(values[index++]);
    else {
      try {
        table.set(values[index++], values[index++]);
      } catch (error) {
        if (error instanceof TableKeyError) state.failAt(shape.site, error.message);
        throw error;
      }
    }
  }
  while (index < values.length) items.push(values[index++]);
  if (items.length > 0) {
    table.ensureArray(items.length);
    for (let slot = items.length; slot > 0; slot--) table.set(slot, items[slot - 1]);
  }
  return table;
}
