import type { LuaTable } from './table.js';

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

/** An opaque value without fields; `cjson.null` is the only one. */
export class LightUserdata {
  readonly label: string;
  constructor(label: string) {
    this.label = label;
  }
}

/** The one value `cjson.null` and a MessagePack-free null share. */
export const NULL_USERDATA: LightUserdata = new LightUserdata('userdata: (nil)');

/** The result of a call that returns no values at all. */
export const NOTHING: readonly LuaValue[] = Object.freeze([]) as readonly LuaValue[];

/** The first value of a call's result; nil when there is none. */
export function first(result: LuaResult): LuaValue {
  return result instanceof Array ? result[0] : (result as LuaValue);
}

/** All values of a call's result as an array (not to be written to). */
export function list(result: LuaResult): readonly LuaValue[] {
  return result instanceof Array ? result : [result as LuaValue];
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
