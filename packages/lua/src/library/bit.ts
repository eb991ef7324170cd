import type { State } from '../runtime/state.js';
import type { LuaTable } from '../runtime/table.js';
import type { LuaFunction, LuaValue } from '../runtime/values.js';
import * as args from './arguments.js';

/** Adding and subtracting this rounds to an integer, half to even, as LuaBitOp does. */
const ROUNDER = 2 ** 52 + 2 ** 51;

function bits(state: State, values: readonly LuaValue[], position: number): number {
  return (args.numberArgument(state, values, position) + ROUNDER - ROUNDER) | 0;
}

function toHex(state: State, values: readonly LuaValue[]): string {
  const value = bits(state, values, 1) >>> 0;
  const wanted = values[1] === undefined ? 8 : bits(state, values, 2);
  const count = Math.min(Math.abs(wanted), 8);
  const text = count === 0 ? '' : value.toString(16).padStart(8, '0').slice(-count);
  return wanted < 0 ? text.toUpperCase() : text;
}

/** The bit library (LuaBitOp): signed 32-bit results. */
export function bitLibrary(state: State): LuaTable {
  const folded =
    (operation: (left: number, right: number) => number): LuaFunction =>
    (...values) => {
      let result = bits(state, values, 1);
      for (let position = 2; position <= values.length; position++) {
        result = operation(result, bits(state, values, position));
      }
      return result;
    };
  const shifted =
    (operation: (value: number, count: number) => number): LuaFunction =>
    (...values) =>
      operation(bits(state, values, 1), bits(state, values, 2) & 31) | 0;
  return args.libraryTable({
    tobit: (...values) => bits(state, values, 1),
    bnot: (...values) => ~bits(state, values, 1),
    band: folded((left, right) => left & right),
    bor: folded((left, right) => left | right),
    bxor: folded((left, right) => left ^ right),
    lshift: shifted((value, count) => value << count),
    rshift: shifted((value, count) => value >>> count),
    arshift: shifted((value, count) => value >> count),
    rol: shifted((value, count) => (value << count) | (value >>> (32 - count))),
    ror: shifted((value, count) => (value >>> count) | (value << (32 - count))),
    bswap(...values) {
      const value = bits(state, values, 1);
      return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
    },
    tohex: (...values) => toHex(state, values),
  });
}
