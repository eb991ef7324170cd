import type { HostReply, LuaHost } from '../host.js';
import type { ResolvedProfile } from '../profile.js';
import { errorTable, singleField, toLua } from '../reply.js';
import { LuaError } from '../runtime/errors.js';
import { toNumber } from '../runtime/operators.js';
import type { State } from '../runtime/state.js';
import type { LuaTable } from '../runtime/table.js';
import type { LuaFunction, LuaValue } from '../runtime/values.js';
import { libraryTable, stringArgument } from './arguments.js';
import { plainText } from './base.js';
import { sha1Hex } from './sha1.js';

const OUTSIDE = 'redis.call/pcall can only be called inside a script invocation';

/** Raises an error table, as every function of `redis` does: no position in the text. */
function raise(state: State, message: string): never {
  throw new LuaError(errorTable(`ERR ${message}`), state.at);
}

/** The words of a command, or what is wrong with them. */
function commandArguments(profile: ResolvedProfile, values: readonly LuaValue[]): string[] | string {
  if (values.length === 0) return 'Please specify at least one argument for this redis lib call';
  const args: string[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value === 'string') args.push(value);
    else if (typeof value === 'number') args.push(profile.commandNumber(value));
    else return 'Lua redis lib command arguments must be strings or integers';
  }
  return args;
}

function commandCalls(state: State, profile: ResolvedProfile): { call: LuaFunction; pcall: LuaFunction } {
  function host(): LuaHost {
    return state.host ?? raise(state, OUTSIDE);
  }
  function run(values: readonly LuaValue[]): HostReply {
    const target = host();
    const args = commandArguments(profile, values);
    if (typeof args === 'string') return { err: `ERR ${args}` };
    state.stackTaken += values.length;
    state.needStack();
    return target.call(args);
  }
  return {
    call(...values) {
      const reply = run(values);
      if (typeof reply === 'object' && reply !== null && !Array.isArray(reply) && 'err' in reply) {
        throw new LuaError(errorTable(reply.err), state.at);
      }
      return toLua(reply, state.protocol);
    },
    pcall: (...values) => toLua(run(values), state.protocol),
  };
}

/** The text of redis.error_reply: a leading minus goes, a text of one word is given the code ERR. */
function errorText(message: string): string {
  const text = message.replace(/^-/, '').replace(/^[\r\n]+|[\r\n]+$/g, '');
  return text.includes(' ') ? text : `ERR ${text}`;
}

function log(state: State, values: readonly LuaValue[]): [] {
  if (values.length < 2) raise(state, 'redis.log() requires two arguments or more.');
  const [level, ...parts] = values;
  if (
    typeof level !== 'number' &&
    !(typeof level === 'string' && level.trim() !== '' && !Number.isNaN(Number(level)))
  ) {
    raise(state, 'First argument must be a number (log level).');
  }
  const number = Math.trunc(Number(level));
  if (number < 0 || number > 3) raise(state, 'Invalid debug level.');
  const texts = parts.filter((part) => typeof part === 'string' || typeof part === 'number').map(plainText);
  state.host?.log?.(number, texts.join(' '));
  return [];
}

/** The `redis` library of one engine. */
export function redisLibrary(state: State, profile: ResolvedProfile, kind: 'script' | 'library'): LuaTable {
  const calls = commandCalls(state, profile);
  const constants: Record<string, string | number> = {
    LOG_DEBUG: 0,
    LOG_VERBOSE: 1,
    LOG_NOTICE: 2,
    LOG_WARNING: 3,
    REPL_NONE: 0,
    REPL_AOF: 1,
    REPL_SLAVE: 2,
    REPL_REPLICA: 2,
    REPL_ALL: 3,
  };
  const isRedis = profile.name === 'redis';
  // Valkey keeps answering as Redis 7.2.4 under the old names.
  constants.REDIS_VERSION = isRedis ? profile.version : '7.2.4';
  constants.REDIS_VERSION_NUM = isRedis ? profile.versionNumber : 0x070204;
  if (!isRedis) {
    constants.SERVER_NAME = 'valkey';
    constants.VALKEY_VERSION = profile.version;
    constants.VALKEY_VERSION_NUM = profile.versionNumber;
  }
  return libraryTable({
    ...calls,
    ...constants,
    error_reply(...values) {
      const [message] = values;
      if (values.length !== 1 || typeof message !== 'string') {
        return errorTable('ERR wrong number or type of arguments');
      }
      return errorTable(errorText(message));
    },
    status_reply(...values) {
      const [message] = values;
      if (values.length !== 1 || typeof message !== 'string') {
        return errorTable('ERR wrong number or type of arguments');
      }
      return singleField('ok', message);
    },
    sha1hex(...values) {
      if (values.length !== 1) raise(state, 'wrong number of arguments');
      const [value] = values;
      return sha1Hex(
        typeof value === 'string' || typeof value === 'number' ? stringArgument(state, values, 1) : '',
      );
    },
    log: (...values) => log(state, values),
    setresp(...values) {
      if (values.length !== 1) raise(state, 'redis.setresp() requires one argument.');
      const version = toNumber(values[0]);
      if (version !== 2 && version !== 3) raise(state, 'RESP version must be 2 or 3.');
      state.protocol = version;
      state.host?.setProtocol?.(version);
      return [];
    },
    set_repl(...values) {
      if (values.length !== 1) raise(state, 'redis.set_repl() requires two arguments.');
      const flags = toNumber(values[0]) ?? 0;
      if (!(flags >= 0 && flags <= 3)) {
        raise(state, 'Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.');
      }
      state.host?.setReplication?.(flags);
      return [];
    },
    ...(kind === 'script'
      ? { replicate_commands: () => true, breakpoint: () => false, debug: () => [] }
      : {}),
    acl_check_cmd(...values) {
      const args = commandArguments(profile, values);
      if (typeof args === 'string') return raise(state, args);
      const allowed = state.host?.aclCheck === undefined ? true : state.host.aclCheck(args);
      return allowed ?? raise(state, 'Invalid command passed to redis.acl_check_cmd()');
    },
  });
}
