import { generateChunk } from './compile/generate.js';
import { parse } from './compile/parser.js';
import { interpretChunk } from './interpret/interpret.js';
import { tableArgument } from './library/arguments.js';
import { baseFunctions } from './library/base.js';
import { bitLibrary } from './library/bit.js';
import { cjsonLibrary } from './library/cjson.js';
import { cmsgpackLibrary } from './library/cmsgpack.js';
import { coroutineLibrary } from './library/coroutine.js';
import { chunkName, loadFunctions } from './library/load.js';
import { mathLibrary } from './library/math.js';
import { protectedCalls } from './library/protected-call.js';
import { ScriptRandom } from './library/random.js';
import { redisLibrary } from './library/redis.js';
import { stringLibrary } from './library/string.js';
import { structLibrary } from './library/struct.js';
import { tableLibrary } from './library/table.js';
import type { ResolvedProfile } from './profile.js';
import { createRuntime, type Runtime } from './runtime/runtime.js';
import { State } from './runtime/state.js';
import { LuaTable } from './runtime/table.js';
import type { LuaFunction, LuaValue } from './runtime/values.js';

/** Globals, libraries and compiler that scripts share; scripts cannot change any of it, apart from cjson's settings. */
export interface Realm {
  readonly state: State;
  readonly globals: LuaTable;
  readonly redis: LuaTable;
  /** Where compiled code looks its globals up: `globals` for scripts, an empty table before it for libraries. */
  readonly environment: LuaTable;
  compile(source: string, name: string): LuaFunction;
}

/** What sets a realm apart: scripts have KEYS and ARGV, function libraries an environment that changes after loading. */
export interface RealmOptions {
  readonly profile: ResolvedProfile;
  readonly interpret: boolean;
  readonly kind: 'script' | 'library';
}

/** A metatable whose __index raises Redis' error for an unknown name. */
export function guardTable(state: State): LuaTable {
  const guard = new LuaTable();
  guard.set('__index', (_table, name) =>
    state.fail(`Script attempted to access nonexistent global variable '${String(name)}'`),
  );
  guard.readonly = true;
  return guard;
}

function openLibraries(
  state: State,
  runtime: Runtime,
  profile: ResolvedProfile,
  kind: 'script' | 'library',
): Record<string, LuaTable> {
  const index = (object: LuaValue, key: LuaValue): LuaValue =>
    runtime.index(object, key, { chunk: '', source: '', line: 0, ...state.at, tail: true });
  const redis = redisLibrary(state, profile, kind);
  const libraries: Record<string, LuaTable> = {
    redis,
    string: stringLibrary(state, index),
    table: tableLibrary(state, runtime),
    math: mathLibrary(state, new ScriptRandom()),
    bit: bitLibrary(state),
    cjson: cjsonLibrary(state),
    cmsgpack: cmsgpackLibrary(state),
    struct: structLibrary(state),
    coroutine: coroutineLibrary(state),
  };
  if (profile.name === 'valkey') libraries.server = redis;
  for (const library of Object.values(libraries)) library.readonly = true;
  return libraries;
}

/** Opens all libraries and locks them. */
export function createRealm({ profile, interpret, kind }: RealmOptions): Realm {
  const state = new State();
  const globals = new LuaTable();
  const environment = kind === 'script' ? globals : new LuaTable();
  const base = baseFunctions(state);
  const next: LuaFunction = (...values) => base.next!(...values);
  const runtime = createRuntime(state, environment, next);
  const build = interpret ? interpretChunk : generateChunk;
  const compile = (source: string, name: string): LuaFunction =>
    build(parse(source, chunkName(name), name), runtime);

  const libraries = openLibraries(state, runtime, profile, kind);
  const functions = { ...base, ...protectedCalls(state), ...loadFunctions(state, compile), next };
  for (const [name, value] of Object.entries({ ...libraries, ...functions })) globals.set(name, value);
  globals.set('pairs', (...values) => {
    tableArgument(state, values, 1);
    return [next, values[0], undefined];
  });
  globals.set('_VERSION', 'Lua 5.1');
  if (kind === 'script') {
    globals.set('_G', globals);
    globals.set('KEYS', new LuaTable());
    globals.set('ARGV', new LuaTable());
    globals.set('__redis__err__handler', (...values) => values[0]);
  }
  globals.metatable = guardTable(state);
  globals.readonly = true;
  environment.readonly = true;
  return { state, globals, redis: libraries.redis!, environment, compile };
}
