import { LightUserdata } from './light-userdata.js';
import type { LuaResult, LuaValue } from './table.js';

export { LightUserdata, NULL_USERDATA } from './light-userdata.js';
export type { LuaFunction, LuaResult, LuaValue } from './table.js';

/** The result of a call that returns no values at all. */
export const NOTHING: readonly LuaValue[] = Object.freeze([]) as readonly LuaValue[];

/** The first value of a call's result; nil when there is none. */
export function first(result: LuaResult): LuaValue {
  return Array.isArray(result) ? result[0] : (result as LuaValue);
}

/** All values of a call's result as an array (not to be written to). */
export function list(result: LuaResult): readonly LuaValue[] {
  return Array.isArray(result) ? result : [result as LuaValue];
}

/** Lua's truth: everything but nil and false. */
export function truthy(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

/** The name `type()` gives. */
export function typeName(value: LuaValue): string {
  switch (typeof value) {
    case 'undefined':
      return 'nil';
    case 'object':
      return value instanceof LightUserdata ? 'userdata' : 'table';
    default:
      return typeof value;
  }
}
