import { libraryRawSet, operandError } from '../runtime/access.js';
import { LuaError } from '../runtime/errors.js';
import { metamethod } from '../runtime/metatables.js';
import { numberToString } from '../runtime/number-format.js';
import { toNumber } from '../runtime/operators.js';
import type { State } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import { addressOf } from '../runtime/table-hash.js';
import { nextEntry, nextIndex } from '../runtime/table-walk.js';
import { LightUserdata, type LuaFunction, type LuaValue, truthy, typeName } from '../runtime/values.js';
import * as args from './arguments.js';

/** The stack a C function may fill: what bounds `unpack`. */
const STACK_LIMIT = 8000;
const GARBAGE_OPTIONS = ['stop', 'restart', 'collect', 'count', 'step', 'setpause', 'setstepmul'];

/** `tostring` without metamethods. */
export function plainText(value: LuaValue): string {
  switch (typeof value) {
    case 'undefined':
      return 'nil';
    case 'number':
      return numberToString(value);
    case 'string':
      return value;
    case 'boolean':
      return `${value}`;
    default:
      if (value instanceof LightUserdata) return value.label;
      return `${typeName(value)}: 0x${addressOf(value as object)
        .toString(16)
        .padStart(12, '0')}`;
  }
}

/** C's strtoul for `tonumber(text, base)`: a negative number wraps around 2^64. */
function parseInBase(text: string, base: number): number | undefined {
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9a-zA-Z]*)[ \t\n\v\f\r]*(?:\0|$)/.exec(text);
  if (!match) return undefined;
  let digits = match[2]!.toLowerCase();
  if (base === 16 && /^0x[0-9a-f]/.test(digits)) digits = digits.slice(2);
  if (digits === '') return undefined;
  let value = 0n;
  for (const digit of digits) {
    const number = Number.parseInt(digit, 36);
    if (number >= base) return undefined;
    value = value * BigInt(base) + BigInt(number);
  }
  const limit = 2n ** 64n - 1n;
  if (value > limit) value = limit;
  return Number(BigInt.asUintN(64, match[1] === '-' ? -value : value));
}

/** The functions every script sees without a prefix, apart from pcall and load. */
export function baseFunctions(state: State): Readonly<Record<string, LuaFunction>> {
  return {
    assert(...values) {
      args.anyArgument(state, values, 1);
      if (truthy(values[0])) return values;
      return state.fail(args.optionalString(state, values, 2, 'assertion failed!'));
    },
    error(...values) {
      const [message] = values;
      const level = args.optionalInteger(state, values, 2, 1);
      if (typeof message !== 'string' && typeof message !== 'number') throw new LuaError(message, state.at);
      const at = level === 1 ? state.at : level === 2 ? state.callerAt : undefined;
      state.callerAt = undefined;
      const place = level > 0 && at !== undefined && at.tail !== true ? `${at.chunk}:${at.line}: ` : '';
      throw new LuaError(place + plainText(message), state.at);
    },
    getmetatable(...values) {
      const value = args.anyArgument(state, values, 1);
      const metatable =
        value instanceof LuaTable
          ? value.metatable
          : typeof value === 'string'
            ? state.stringMetatable
            : undefined;
      return metatable?.get('__metatable') ?? metatable;
    },
    setmetatable(...values) {
      const table = args.tableArgument(state, values, 1);
      const metatable = values[1];
      if (!(metatable instanceof LuaTable) && (metatable !== undefined || values.length < 2)) {
        args.argumentError(state, 2, 'nil or table expected');
      }
      if (table.metatable?.get('__metatable') !== undefined)
        state.fail('cannot change a protected metatable');
      if (table.readonly) throw new LuaError('Attempt to modify a readonly table', state.at);
      table.metatable = metatable as LuaTable | undefined;
      return table;
    },
    ipairs: (...values) => [nextIndex, args.tableArgument(state, values, 1), 0],
    rawequal: (...values) => {
      args.anyArgument(state, values, 1);
      args.anyArgument(state, values, 2);
      return values[0] === values[1];
    },
    rawget(...values) {
      const table = args.tableArgument(state, values, 1);
      return table.get(args.anyArgument(state, values, 2));
    },
    rawset(...values) {
      const table = args.tableArgument(state, values, 1);
      args.anyArgument(state, values, 2);
      args.anyArgument(state, values, 3);
      libraryRawSet(state, table, values[1], values[2]);
      return table;
    },
    next(...values) {
      const table = args.tableArgument(state, values, 1);
      return nextEntry(table, values[1]);
    },
    select(...values) {
      if (values[0] === '#') return values.length - 1;
      const position = args.integerArgument(state, values, 1);
      const count = values.length;
      const start = position < 0 ? count + position : Math.min(position, count);
      if (start < 1) args.argumentError(state, 1, 'index out of range');
      return values.slice(start);
    },
    tonumber(...values) {
      const base = args.optionalInteger(state, values, 2, 10);
      if (base === 10) return toNumber(args.anyArgument(state, values, 1));
      const text = args.stringArgument(state, values, 1);
      if (base < 2 || base > 36) args.argumentError(state, 2, 'base out of range');
      return parseInBase(text, base);
    },
    tostring(...values) {
      const value = args.anyArgument(state, values, 1);
      const handler = metamethod(state, value, '__tostring');
      if (handler === undefined) return plainText(value);
      if (typeof handler === 'function') return state.callBack(handler, value);
      return state.fail(operandError('call', undefined, handler));
    },
    type: (...values) => typeName(args.anyArgument(state, values, 1)),
    unpack(...values) {
      const table = args.tableArgument(state, values, 1);
      const from = args.optionalInteger(state, values, 2, 1);
      const to = values[2] === undefined ? table.length() : args.integerArgument(state, values, 3);
      if (from > to) return [];
      const count = to - from + 1;
      if (count <= 0 || count + values.length > STACK_LIMIT) state.fail('too many results to unpack');
      state.stackTaken += count;
      const results: LuaValue[] = [];
      for (let index = from; index <= to; index++) results.push(table.get(index));
      return results;
    },
    collectgarbage(...values) {
      const option = args.optionalString(state, values, 1, 'collect');
      if (!GARBAGE_OPTIONS.includes(option)) args.argumentError(state, 1, `invalid option '${option}'`);
      // Memory is the host's affair: a fixed, plausible figure.
      return option === 'count' ? 40 : option === 'step' ? true : 0;
    },
    gcinfo: () => 40,
  };
}
