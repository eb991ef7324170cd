import type { LuaHost } from '../host.js';
import { LuaError } from './errors.js';
import type { Site } from './site.js';
import type { LuaTable } from './table.js';
import type { LuaFunction, LuaResult, LuaValue } from './values.js';

export type { Site } from './site.js';

/** Calls and turns of loops between two looks at the stack. */
const stepsPerLook = 50;
/** As arguments they take 64 KB: what so many calls, and a command behind them, may need. */
const needed: readonly undefined[] = new Array(8000).fill(undefined);
const take = (): void => undefined;

/** What one engine's scripts share while they run. `at` is the call site last entered; undefined: called by a C function. */
export class State {
  at: Site | undefined = undefined;
  /** Where the running function was called, for `error(message, 2)`; set only by functions that use it. */
  callerAt: Site | undefined = undefined;
  steps: number = Number.MAX_SAFE_INTEGER;
  stepsPerTick: number = Number.MAX_SAFE_INTEGER;
  /** The steps left when the stack was last seen to have room. */
  stackSeenAt: number = Number.MAX_SAFE_INTEGER;
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
   * Throws RangeError where JavaScript's stack has little room left: a command that meets its end would be half done. The stack
   * grows by calls, which are counted, so most commands need not look.
   */
  needStack(): void {
    if (Math.abs(this.stackSeenAt - this.steps) < stepsPerLook) return;
    take.apply(undefined, needed as []);
    this.stackSeenAt = this.steps;
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
    const result = callee(...values);
    this.at = at;
    return result;
  }
}

/** `user_script:3: `, or nothing where no Lua code is the caller. */
export function where(site: Site | undefined): string {
  return site === undefined || site.tail === true ? '' : `${site.chunk}:${site.line}: `;
}
