import type { State } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import type { LuaFunction, LuaValue } from '../runtime/values.js';
import * as args from './arguments.js';
import { format } from './string-format.js';
import { type IndexValue, matchFunctions } from './string-match.js';

/** A string may not grow past this; Lua would run out of memory, V8 refuses at 2^29. */
const LONGEST_STRING = 2 ** 28;

/** A position counted from the end when negative; 0 when it lies before the start. */
function fromEnd(position: number, length: number): number {
  return position >= 0 ? position : Math.max(position + length + 1, 0);
}

function simpleFunctions(state: State): Readonly<Record<string, LuaFunction>> {
  return {
    len: (...values) => args.stringArgument(state, values, 1).length,
    sub(...values) {
      const text = args.stringArgument(state, values, 1);
      const from = fromEnd(args.integerArgument(state, values, 2), text.length);
      const to = fromEnd(args.optionalInteger(state, values, 3, -1), text.length);
      return text.slice(Math.max(from, 1) - 1, Math.max(Math.min(to, text.length), 0));
    },
    // Only ASCII letters change case, as in the C locale.
    lower: (...values) =>
      args.stringArgument(state, values, 1).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
    upper: (...values) =>
      args.stringArgument(state, values, 1).replace(/[a-z]+/g, (part) => part.toUpperCase()),
    reverse: (...values) => [...args.stringArgument(state, values, 1)].reverse().join(''),
    rep(...values) {
      const text = args.stringArgument(state, values, 1);
      const count = Math.max(args.integerArgument(state, values, 2), 0);
      if (text.length * count > LONGEST_STRING) throw new RangeError('Invalid string length');
      return text.repeat(text === '' ? 0 : count);
    },
    byte(...values) {
      const text = args.stringArgument(state, values, 1);
      const first = args.optionalInteger(state, values, 2, 1);
      const from = Math.max(fromEnd(first, text.length), 1);
      const last = args.optionalInteger(state, values, 3, fromEnd(first, text.length));
      const to = Math.min(fromEnd(last, text.length), text.length);
      if (from > to) return [];
      if (to - from + 1 + values.length > 8000) state.fail('stack overflow (string slice too long)');
      state.stackTaken += to - from + 1;
      const codes: LuaValue[] = [];
      for (let index = from; index <= to; index++) codes.push(text.charCodeAt(index - 1));
      return codes;
    },
    char(...values) {
      let text = '';
      for (let position = 1; position <= values.length; position++) {
        const code = args.integerArgument(state, values, position);
        if (code < 0 || code > 255) args.argumentError(state, position, 'invalid value');
        text += String.fromCharCode(code);
      }
      return text;
    },
    format: (...values) => format(state, values),
    dump: () => state.fail('unable to dump given function'),
  };
}

/** The string library; also gives all strings their metatable, so that `("x"):rep(3)` works. */
export function stringLibrary(state: State, index: IndexValue): LuaTable {
  const library = args.libraryTable({ ...simpleFunctions(state), ...matchFunctions(state, index) });
  state.stringMetatable = new LuaTable();
  state.stringMetatable.set('__index', library);
  state.stringMetatable.readonly = true;
  return library;
}
