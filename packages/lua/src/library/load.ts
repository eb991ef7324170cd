import { LuaSyntaxError } from '../runtime/errors.js';
import type { State } from '../runtime/state.js';
import { first, type LuaFunction } from '../runtime/values.js';
import * as args from './arguments.js';

/** Compiles a text under a chunk name: `@file`, `=name`, or any other text. */
export type CompileText = (source: string, name: string) => LuaFunction;

/** The name messages use for a chunk: `@file` and `=name` as they are, other texts quoted and cut (luaO_chunkid). */
export function chunkName(name: string): string {
  if (name.startsWith('=')) return name.slice(1, 60);
  if (name.startsWith('@')) return name.length - 1 > 52 ? `...${name.slice(-52)}` : name.slice(1);
  const line = /^[^\n\r]*/.exec(name)![0].slice(0, 43);
  return `[string "${line}${line.length < name.length ? '...' : ''}"]`;
}

/** `load` and `loadstring`; byte code is refused. */
export function loadFunctions(
  state: State,
  compile: CompileText,
): { load: LuaFunction; loadstring: LuaFunction } {
  function loadText(source: string, name: string): LuaFunction | [undefined, string] {
    try {
      return compile(source, name);
    } catch (error) {
      if (error instanceof LuaSyntaxError) return [undefined, error.message];
      throw error;
    }
  }
  return {
    loadstring(...values) {
      const source = args.stringArgument(state, values, 1);
      return loadText(source, args.optionalString(state, values, 2, source));
    },
    load(...values) {
      const reader = values[0];
      if (typeof reader !== 'function') return args.typeError(state, values, 1, 'function');
      const name = args.optionalString(state, values, 2, '=(load)');
      let source = '';
      for (;;) {
        const piece = first(state.callBack(reader));
        if (piece === undefined || piece === '') return loadText(source, name);
        if (typeof piece !== 'string') return state.fail('reader function must return a string');
        source += piece;
      }
    },
  };
}
