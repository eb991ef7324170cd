import { numberToString } from '../runtime/number-format.js';
import { toNumber } from '../runtime/operators.js';
import type { State } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import { type LuaFunction, type LuaValue, typeName } from '../runtime/values.js';

/** Raises "bad argument #n to 'name' (reason)" with the name the caller used. */
export function argumentError(state: State, position: number, reason: string): never {
  const site = state.at;
  const name = site?.callee ?? '?';
  let shown = position;
  if (site?.method === true) {
    shown--;
    if (shown === 0) state.fail(`calling '${name}' on bad self (${reason})`);
  }
  return state.fail(`bad argument #${shown} to '${name}' (${reason})`);
}

/** Raises "… (table expected, got nil)" for argument `position` (from 1). */
export function typeError(
  state: State,
  args: readonly LuaValue[],
  position: number,
  expected: string,
): never {
  const actual = args.length < position ? 'no value' : typeName(args[position - 1]);
  return argumentError(state, position, `${expected} expected, got ${actual}`);
}

/** Any value, nil included, but not none. */
export function anyArgument(state: State, args: readonly LuaValue[], position: number): LuaValue {
  if (args.length < position) argumentError(state, position, 'value expected');
  return args[position - 1];
}

/** A string, or a number as its text. */
export function stringArgument(state: State, args: readonly LuaValue[], position: number): string {
  const value = args[position - 1];
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberToString(value);
  return typeError(state, args, position, 'string');
}

/** A number, or a string that reads as one. */
export function numberArgument(state: State, args: readonly LuaValue[], position: number): number {
  const value = args[position - 1];
  if (typeof value === 'number') return value;
  return toNumber(value) ?? typeError(state, args, position, 'number');
}

/** A number cut to an integer the way C casts a double; not-a-number becomes the smallest. */
export function integerArgument(state: State, args: readonly LuaValue[], position: number): number {
  const value = Math.trunc(numberArgument(state, args, position));
  return Number.isNaN(value) ? -(2 ** 63) : value === 0 ? 0 : value;
}

/** As `integerArgument`, with a default for nil or none. */
export function optionalInteger(
  state: State,
  args: readonly LuaValue[],
  position: number,
  fallback: number,
): number {
  return args[position - 1] === undefined ? fallback : integerArgument(state, args, position);
}

/** A string with a default for nil or none. */
export function optionalString(
  state: State,
  args: readonly LuaValue[],
  position: number,
  fallback: string,
): string {
  return args[position - 1] === undefined ? fallback : stringArgument(state, args, position);
}

/** A table. */
export function tableArgument(state: State, args: readonly LuaValue[], position: number): LuaTable {
  const value = args[position - 1];
  return value instanceof LuaTable ? value : typeError(state, args, position, 'table');
}

/** A read-only library table of functions and constants. */
export function libraryTable(
  entries: Readonly<Record<string, LuaFunction | string | number | LuaTable>>,
): LuaTable {
  const table = new LuaTable();
  for (const [name, value] of Object.entries(entries)) table.set(name, value);
  return table;
}
