import { operandError } from '../runtime/access.js';
import { isStackOverflow, LuaError, ScriptStopped } from '../runtime/errors.js';
import { metamethod } from '../runtime/metatables.js';
import { type State, where } from '../runtime/state.js';
import { LuaTable, TableKeyError } from '../runtime/table.js';
import { first, type LuaFunction, type LuaResult, type LuaValue, list } from '../runtime/values.js';
import { anyArgument } from './arguments.js';

/**
 * Turns whatever a run threw into a LuaError. The engine's own limits become Lua's: a JavaScript stack overflow
 * is "stack overflow", an impossible allocation "not enough memory". Anything else is passed on: a defect, or the host's wish.
 */
export function asLuaError(state: State, thrown: unknown): LuaError {
  if (thrown instanceof LuaError) return thrown;
  if (thrown instanceof TableKeyError) return new LuaError(thrown.message, state.at);
  if (thrown instanceof ScriptStopped || !(thrown instanceof RangeError)) throw thrown;
  if (isStackOverflow(thrown)) return new LuaError(`${where(state.at)}stack overflow`, state.at);
  return new LuaError('not enough memory', state.at);
}

function call(state: State, callee: LuaValue, values: readonly LuaValue[]): LuaResult {
  state.at = undefined;
  state.callsWith(values.length);
  if (typeof callee === 'function') return callee(...values);
  const handler = metamethod(state, callee, '__call');
  if (typeof handler === 'function') return handler(callee, ...values);
  return state.fail(operandError('call', undefined, callee));
}

/** pcall as Redis 7 replaces it (a table with an `err` text arrives as that text), and Lua's xpcall. */
export function protectedCalls(state: State): { pcall: LuaFunction; xpcall: LuaFunction } {
  return {
    pcall(...all) {
      // Called without arguments, Redis' version finds its own place holder.
      const [callee, ...values] = all.length === 0 ? [true] : all;
      const at = state.at;
      try {
        const result = call(state, callee, values);
        state.at = at;
        return Array.isArray(result) ? [true, ...result] : [true, result as LuaValue];
      } catch (thrown) {
        const { value } = asLuaError(state, thrown);
        state.at = at;
        const text = value instanceof LuaTable ? value.get('err') : undefined;
        return [false, typeof text === 'string' || typeof text === 'number' ? text : value];
      }
    },
    xpcall(...values) {
      anyArgument(state, values, 2);
      const at = state.at;
      try {
        const result = call(state, values[0], []);
        state.at = at;
        return [true, ...list(result)];
      } catch (thrown) {
        const { value } = asLuaError(state, thrown);
        const handled = first(call(state, values[1], [value]));
        state.at = at;
        return [false, handled];
      }
    },
  };
}
