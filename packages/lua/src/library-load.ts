import type { HostReply, LuaHost } from './host.js';
import { plainText } from './library/base.js';
import { asLuaError } from './library/protected-call.js';
import type { ResolvedProfile } from './profile.js';
import { createRealm, guardTable, type Realm } from './realm.js';
import { errorTable } from './reply.js';
import { type RunLimits, runProtected } from './run.js';
import { LuaError, LuaLibraryError, LuaSyntaxError, ScriptStopped } from './runtime/errors.js';
import { LuaTable } from './runtime/table.js';
import type { LuaFunction, LuaValue } from './runtime/values.js';
import { isScriptFlag, readLibraryText, type ScriptFlag } from './shebang.js';

/** One function of a library, as FCALL runs it. */
export interface RegisteredFunction {
  readonly name: string;
  readonly description: string | undefined;
  readonly flags: readonly ScriptFlag[];
  /** Runs it with KEYS and ARGV as its two arguments; an uncaught error is a `HostError` value. */
  run(host: LuaHost, keys: readonly string[], argv: readonly string[], limits?: RunLimits): HostReply;
}

/** A loaded library: its name and its functions in the order they were registered. */
export interface FunctionLibrary {
  readonly name: string;
  readonly functions: readonly RegisteredFunction[];
}

interface Registration {
  name: string;
  callback: LuaFunction;
  description: string | undefined;
  flags: ScriptFlag[];
}

const NAME_RULE =
  'Library names can only contain letters, numbers, or underscores(_) and must be at least one character long';

/** Reads the arguments of redis.register_function: (name, callback) or one table of named arguments. */
function readRegistration(values: readonly LuaValue[], refuse: (message: string) => never): Registration {
  if (values.length < 1 || values.length > 2) {
    refuse('wrong number of arguments to redis.register_function');
  }
  const found = values.length === 2 ? readPair(values, refuse) : readNamed(values[0], refuse);
  const { name, callback, description, flags = [] } = found;
  if (name === undefined) return refuse('redis.register_function must get a function name argument');
  if (callback === undefined) return refuse('redis.register_function must get a callback argument');
  if (!/^[A-Za-z0-9_]+$/.test(name)) refuse(NAME_RULE);
  return { name, callback, description, flags };
}

/** Numbers pass as texts, as for all of Lua's own functions. */
function textOf(value: LuaValue): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? plainText(value) : undefined;
}

function readPair(
  [name, callback]: readonly LuaValue[],
  refuse: (message: string) => never,
): Partial<Registration> {
  const text = textOf(name) ?? refuse('first argument to redis.register_function must be a string');
  if (typeof callback !== 'function') {
    return refuse('second argument to redis.register_function must be a function');
  }
  return { name: text, callback };
}

function readNamed(table: LuaValue, refuse: (message: string) => never): Partial<Registration> {
  const found: Partial<Registration> = {};
  if (!(table instanceof LuaTable)) {
    return refuse(
      'calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).',
    );
  }
  for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
    const key = table.keyAt(cursor);
    const value = table.valueAt(cursor);
    const wrong = (kind: string): never =>
      refuse(`${String(key)} argument given to redis.register_function must be a ${kind}`);
    switch (key) {
      case 'function_name':
        found.name = textOf(value) ?? wrong('string');
        break;
      case 'description':
        found.description = textOf(value) ?? wrong('string');
        break;
      case 'callback':
        if (typeof value !== 'function') return wrong('function');
        found.callback = value;
        break;
      case 'flags':
        if (!(value instanceof LuaTable)) {
          return refuse(
            'flags argument to redis.register_function must be a table representing function flags',
          );
        }
        found.flags = readFlags(value, refuse);
        break;
      default:
        refuse('unknown argument given to redis.register_function');
    }
  }
  return found;
}

function readFlags(table: LuaTable, refuse: (message: string) => never): ScriptFlag[] {
  const flags: ScriptFlag[] = [];
  for (let index = 1; ; index++) {
    const flag = table.get(index);
    if (flag === undefined) return flags;
    if (typeof flag !== 'string' || !isScriptFlag(flag)) refuse('unknown flag given');
    flags.push(flag);
  }
}

/** What a library's text sees while it loads: `redis` with register_function, log and the version, nothing else. */
function loadingGlobals(realm: Realm, register: LuaFunction): LuaTable {
  const { state, redis } = realm;
  const open = new LuaTable();
  open.set('register_function', register);
  for (let cursor = redis.advance(0); cursor !== 0; cursor = redis.advance(cursor)) {
    const name = redis.keyAt(cursor);
    if (/^(?:log$|LOG_|REDIS_|SERVER_|VALKEY_)/.test(String(name))) open.set(name, redis.valueAt(cursor));
  }
  const globals = new LuaTable();
  globals.set('redis', open);
  if (realm.globals.get('server') === redis) globals.set('server', open);
  for (const table of [open, globals]) {
    table.metatable = guardTable(state);
    table.readonly = true;
  }
  return globals;
}

/**
 * Runs a library's text with redis.register_function open; afterwards its functions see the globals of a script. Throws
 * ScriptStopped when it takes too many steps.
 */
export function loadLibrary(source: string, profile: ResolvedProfile, interpret: boolean): FunctionLibrary {
  const { name, body } = readLibraryText(source);
  const registered = new Map<string, Registration>();
  const realm = createRealm({ profile, interpret, kind: 'library' });
  const refuse = (message: string): never => {
    throw new LuaError(errorTable(`ERR ${message}`), realm.state.at);
  };
  const register: LuaFunction = (...values) => {
    const registration = readRegistration(values, refuse);
    if (registered.has(registration.name)) refuse('Function already exists in the library');
    registered.set(registration.name, registration);
    return [];
  };
  const bridge = new LuaTable();
  realm.environment.metatable = bridge;
  bridge.set('__index', loadingGlobals(realm, register));
  runLoad(realm, body);
  bridge.set('__index', realm.globals);
  bridge.readonly = true;
  if (registered.size === 0) throw new LuaLibraryError('No functions registered');
  const functions = [...registered.values()].map((entry) => registeredFunction(realm, profile, entry));
  return { name, functions };
}

/** Loop turns and calls a library may take to load: some tenths of a second. */
const loadSteps = 10_000_000;

function runLoad(realm: Realm, body: string): void {
  const { state } = realm;
  state.host = {
    call: () => ({ err: 'ERR redis.call is not available while a library loads' }),
    onSteps() {
      throw new ScriptStopped(`Library stopped after ${loadSteps} steps`);
    },
  };
  state.steps = loadSteps;
  state.stepsPerTick = loadSteps;
  try {
    realm.compile(body, '@user_function')();
  } catch (thrown) {
    if (thrown instanceof LuaSyntaxError) {
      throw new LuaLibraryError(`Error compiling function: ${thrown.message}`);
    }
    const { value } = asLuaError(realm.state, thrown);
    const message = value instanceof LuaTable ? value.get('err') : `ERR ${plainText(value)}`;
    throw new LuaLibraryError(`Error registering functions: ${plainText(message)}`);
  } finally {
    state.host = undefined;
    state.steps = Number.MAX_SAFE_INTEGER;
    state.stepsPerTick = Number.MAX_SAFE_INTEGER;
  }
}

function registeredFunction(realm: Realm, profile: ResolvedProfile, entry: Registration): RegisteredFunction {
  const { name, callback, description, flags } = entry;
  return {
    name,
    description,
    flags,
    run: (host, keys, argv, limits) =>
      runProtected(realm, host, limits, profile.namesScripts ? name : '', profile.commandNumber, () =>
        callback(LuaTable.filled([...keys]), LuaTable.filled([...argv])),
      ),
  };
}
