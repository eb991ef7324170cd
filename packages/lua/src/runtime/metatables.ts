import type { State } from './state.js';
import { LuaTable } from './table.js';
import type { LuaValue } from './values.js';

/** The handler a value's metatable has for an event (`__index` …), nil when there is none. */
export function metamethod(state: State, value: LuaValue, event: string): LuaValue {
  const metatable =
    value instanceof LuaTable
      ? value.metatable
      : typeof value === 'string'
        ? state.stringMetatable
        : undefined;
  return metatable?.get(event);
}
