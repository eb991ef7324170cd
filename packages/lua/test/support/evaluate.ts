import {
  type CompiledScript,
  type HostReply,
  type LuaEngine,
  LuaShebangError,
  LuaSyntaxError,
} from '../../src/index.js';
import { smallHost } from './small-host.js';

/** Compiles and runs as EVAL does: a text that cannot be compiled is an error reply too. */
export function evaluate(
  engine: LuaEngine,
  script: string,
  keys: readonly string[] = [],
  argv: readonly string[] = [],
): HostReply {
  let compiled: CompiledScript;
  try {
    compiled = engine.compile(script);
  } catch (error) {
    if (error instanceof LuaSyntaxError) {
      return { err: `ERR Error compiling script (new function): ${error.message}` };
    }
    if (error instanceof LuaShebangError) return { err: `ERR ${error.message}` };
    throw error;
  }
  return compiled.run(smallHost, keys, argv);
}
