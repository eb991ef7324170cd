import type { State } from '../runtime/state.js';
import type { LuaTable } from '../runtime/table.js';
import { libraryTable } from './arguments.js';

/** The coroutine library's names: a compiled function cannot be suspended, so each call raises a Lua error. */
export function coroutineLibrary(state: State): LuaTable {
  const refuse = (): never => state.fail('coroutines are not supported');
  return libraryTable({
    create: refuse,
    resume: refuse,
    running: () => undefined,
    status: refuse,
    wrap: refuse,
    yield: refuse,
  });
}
