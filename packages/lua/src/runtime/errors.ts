import type { Site } from './site.js';
import type { LuaValue } from './values.js';

/**
 * A Lua error in flight: any Lua value, and the place it was raised at (used for `on @user_script:LINE`).
 * Scripts catch it with pcall; the engine turns an uncaught one into an error reply.
 */
export class LuaError {
  readonly value: LuaValue;
  readonly at: Site | undefined;
  constructor(value: LuaValue, at: Site | undefined) {
    this.value = value;
    this.at = at;
  }
}

/**
 * The text of a script cannot be compiled. `message` is what Redis puts behind
 * "Error compiling script (new function): ", for example `user_script:1: '=' expected near 'x'`.
 */
export class LuaSyntaxError extends Error {
  readonly code = 'LUA_SYNTAX';
  override readonly name = 'LuaSyntaxError';
}

/** The first line of a script (`#!lua …`) is wrong. `message` is Redis' text, without the leading ERR. */
export class LuaShebangError extends Error {
  readonly code = 'LUA_SHEBANG';
  override readonly name = 'LuaShebangError';
}

/**
 * A function library cannot be loaded. `message` is Redis' text, without the leading ERR.
 */
export class LuaLibraryError extends Error {
  readonly code = 'LUA_LIBRARY';
  override readonly name = 'LuaLibraryError';
}

/**
 * Thrown by a host's `onSteps` to end a run: passes through pcall untouched and leaves `run` as it is.
 */
export class ScriptStopped extends Error {
  readonly code = 'LUA_STOPPED';
  override readonly name = 'ScriptStopped';
}

/** Whether JavaScript's stack has ended. That error has no code: its text is all that tells it from other RangeErrors. */
export function isStackOverflow(thrown: unknown): boolean {
  return thrown instanceof RangeError && /call stack/i.test(thrown.message);
}
