import { LuaError } from './errors.js';
import { metamethod } from './metatables.js';
import type { Site, State } from './state.js';
import { LuaTable, TableKeyError } from './table.js';
import { first, type LuaFunction, type LuaValue, typeName } from './values.js';

const READ_ONLY = 'Attempt to modify a readonly table';
const LONGEST_CHAIN = 100;

/** Reading, writing and calling values as compiled code does it; each takes the site its errors speak of. */
export interface Access {
  index(object: LuaValue, key: LuaValue, site: Site): LuaValue;
  setIndex(object: LuaValue, key: LuaValue, value: LuaValue, site: Site): void;
  callable(value: LuaValue, site: Site): LuaFunction;
}

function describe(name: string | undefined, value: LuaValue): string {
  return name === undefined ? `a ${typeName(value)} value` : `${name} (a ${typeName(value)} value)`;
}

/** `attempt to <verb> local 'x' (a nil value)`. */
export function operandError(verb: string, name: string | undefined, value: LuaValue): string {
  return `attempt to ${verb} ${describe(name, value)}`;
}

/** Builds the access operations of one state. */
export function createAccess(state: State): Access {
  function indexSlow(object: LuaValue, key: LuaValue, site: Site): LuaValue {
    let current = object;
    for (let depth = 0; depth < LONGEST_CHAIN; depth++) {
      let handler: LuaValue;
      if (current instanceof LuaTable) {
        const value = current.get(key);
        if (value !== undefined) return value;
        handler = current.metatable?.get('__index');
        if (handler === undefined) return undefined;
      } else {
        handler = metamethod(state, current, '__index');
        if (handler === undefined) {
          state.failAt(site, operandError('index', depth === 0 ? site.left : undefined, current));
        }
      }
      if (typeof handler === 'function') {
        state.at = site;
        state.callsWith(2);
        return first(handler(current, key));
      }
      current = handler;
    }
    return state.failAt(site, 'loop in gettable');
  }

  function index(object: LuaValue, key: LuaValue, site: Site): LuaValue {
    if (object instanceof LuaTable) {
      const value = object.get(key);
      if (value !== undefined || object.metatable === undefined) return value;
    }
    return indexSlow(object, key, site);
  }

  function rawSetAt(table: LuaTable, key: LuaValue, value: LuaValue, site: Site): void {
    try {
      table.set(key, value);
    } catch (error) {
      if (error instanceof TableKeyError) state.failAt(site, error.message);
      throw error;
    }
  }

  function setIndexSlow(object: LuaValue, key: LuaValue, value: LuaValue, site: Site): void {
    let current = object;
    for (let depth = 0; depth < LONGEST_CHAIN; depth++) {
      let handler: LuaValue;
      if (current instanceof LuaTable) {
        if (current.readonly) state.failAt(site, READ_ONLY);
        handler = current.metatable?.get('__newindex');
        if (handler === undefined || current.get(key) !== undefined) {
          rawSetAt(current, key, value, site);
          return;
        }
      } else {
        handler = metamethod(state, current, '__newindex');
        if (handler === undefined) {
          state.failAt(site, operandError('index', depth === 0 ? site.left : undefined, current));
        }
      }
      if (typeof handler === 'function') {
        state.at = site;
        state.callsWith(3);
        handler(current, key, value);
        return;
      }
      current = handler;
    }
    state.failAt(site, 'loop in settable');
  }

  function setIndex(object: LuaValue, key: LuaValue, value: LuaValue, site: Site): void {
    if (
      object instanceof LuaTable &&
      object.metatable === undefined &&
      !object.readonly &&
      key !== undefined &&
      !Number.isNaN(key)
    ) {
      object.set(key, value);
    } else setIndexSlow(object, key, value, site);
  }

  function callable(value: LuaValue, site: Site): LuaFunction {
    if (typeof value === 'function') return value;
    const handler = metamethod(state, value, '__call');
    if (typeof handler === 'function') {
      return (...values) => {
        state.callsWith(values.length);
        return handler(value, ...values);
      };
    }
    // Thrown when called, not here: Lua evaluates the arguments first.
    return () => state.failAt(site, operandError('call', site.left, value));
  }

  return { index, setIndex, callable };
}

/** Writes raw from a library function: a read-only table and a bad key raise an error. */
export function libraryRawSet(state: State, table: LuaTable, key: LuaValue, value: LuaValue): void {
  if (table.readonly) throw new LuaError(READ_ONLY, state.at);
  try {
    table.set(key, value);
  } catch (error) {
    if (error instanceof TableKeyError) throw new LuaError(error.message, state.at);
    throw error;
  }
}
