import type { HostReply, LuaHost } from './host.js';
import { plainText } from './library/base.js';
import { asLuaError } from './library/protected-call.js';
import type { Realm } from './realm.js';
import { toReply } from './reply.js';
import type { LuaError } from './runtime/errors.js';
import { LuaTable } from './runtime/table.js';
import { first, type LuaResult } from './runtime/values.js';

/** Bounds of one run. */
export interface RunLimits {
  /** Loop turns and calls between two `host.onSteps()`; default: never asked. */
  readonly steps?: number;
}

/** The reply of an uncaught error: the error, the script's name (none since Valkey 9), and where it was raised. */
function errorReply(error: LuaError, name: string): HostReply {
  const { value, at } = error;
  const place =
    at === undefined ? '' : ` script: ${name === '' ? '' : `${name}, `}on ${at.source}:${at.line}.`;
  if (value instanceof LuaTable) {
    const message = value.get('err');
    const known = typeof message === 'string' || typeof message === 'number';
    return { err: oneLine((known ? plainText(message) : 'ERR unknown error') + place) };
  }
  return { err: oneLine(`ERR ${plainText(value)}${place}`) };
}

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');

/** Runs a compiled function with a host in place and turns its outcome into a reply. */
export function runProtected(
  realm: Realm,
  host: LuaHost,
  limits: RunLimits | undefined,
  name: string,
  formatNumber: (value: number) => string,
  main: () => LuaResult,
): HostReply {
  const { state } = realm;
  const { at, steps: stepsLeft, stepsPerTick, stackTaken, stackSeenAt, protocol } = state;
  const outer = { host: state.host, at, steps: stepsLeft, stepsPerTick, stackTaken, stackSeenAt, protocol };
  const steps = limits?.steps ?? Number.MAX_SAFE_INTEGER;
  state.host = host;
  state.at = undefined;
  state.steps = steps;
  state.stepsPerTick = steps;
  state.stackTaken = 0;
  state.stackSeenAt = 0;
  state.protocol = 2;
  try {
    const result = first(main());
    return toReply(result, { formatNumber, spoken: host.protocol ?? 2, chosen: state.protocol });
  } catch (thrown) {
    return errorReply(asLuaError(state, thrown), name);
  } finally {
    state.host = outer.host;
    state.at = outer.at;
    state.steps = outer.steps;
    state.stepsPerTick = outer.stepsPerTick;
    state.stackTaken = outer.stackTaken;
    state.stackSeenAt = outer.stackSeenAt;
    state.protocol = outer.protocol;
  }
}
