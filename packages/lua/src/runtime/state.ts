import type { LuaHost } from '../host.js';
import { LuaError } from './errors.js';
import type { Site } from './site.js';
import type { LuaTable } from './table.js';
import type { LuaFunction, LuaResult, LuaValue } from './values.js';

export type { Site } from './site.js';

/** Words of JavaScript's stack that calls may take between two looks at it. */
const unseenWords = 16_000;
/** What a command may take. A function alone, called for the first time, takes 5 000 to be compiled. */
const commandWords = 8000;
/** They take their words as arguments. */
const needed: readonly undefined[] = new Array(unseenWords + commandWords).fill(undefined);
/** What a built-in function and its way to the one that it calls take at most. */
const builtInWords = 150;
const take = (): void => undefined;

/** What one engine's scripts share while they run. `at` is the call site last entered; undefined: called by a C function. */
export class State {
  at: Site | undefined = undefined;
  /** Where the running function was called, for `error(message, 2)`; set only by functions that use it. */
  callerAt: Site | undefined = undefined;
  steps: number = Number.MAX_SAFE_INTEGER;
  stepsPerTick: number = Number.MAX_SAFE_INTEGER;
  /** Words of eight bytes that the calls of this run took of the stack, those that have returned as well: so many at most are taken. */
  stackTaken = 0;
  /** How many it were when the stack was last seen to have room. */
  stackSeenAt = 0;
  host: LuaHost | undefined = undefined;
  /** Which shapes replies have in the script, as redis.setresp says. */
  protocol: 2 | 3 = 2;
  /** Metatable of all strings; set while the string library opens. */
  stringMetatable: LuaTable | undefined = undefined;

  /** The step budget ran out: asks the host (which may throw ScriptStopped) and refills. */
  tick(): void {
    this.steps = this.stepsPerTick;
    this.host?.onSteps?.();
  }

  /**
   * Throws RangeError where JavaScript's stack has little room left: a command that meets its end would be half done. What
   * calls take is estimated, on the safe side, so most commands need not look.
   */
  needStack(): void {
    if (this.stackTaken - this.stackSeenAt < unseenWords) return;
    take.apply(undefined, needed as []);
    this.stackSeenAt = this.stackTaken;
  }

  /** A built-in function is about to call another, with so many values. */
  callsWith(values: number): void {
    this.stackTaken += builtInWords + 4 * values;
  }

  /** Raises an error whose message carries the position of the caller, as luaL_error does. */
  fail(message: string): never {
    throw new LuaError(where(this.at) + message, this.at);
  }

  /** Raises an operator's error at its own site. */
  failAt(site: Site, message: string): never {
    throw new LuaError(where(site) + message, site);
  }

  /** Calls a Lua function from a built-in one: no position while inside, the old one afterwards. */
  callBack(callee: LuaFunction, ...values: LuaValue[]): LuaResult {
    const at = this.at;
    this.at = undefined;
    this.callsWith(values.length);
    const result = callee(...values);
    this.at = at;
    return result;
  }
}

/** `user_script:3: `, or nothing where no Lua code is the caller. */
export function where(site: Site | undefined): string {
  return site === undefined || site.tail === true ? '' : `${site.chunk}:${site.line}: `;
}
