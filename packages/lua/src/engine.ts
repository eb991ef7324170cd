import type { HostReply, LuaHost } from './host.js';
import { sha1Hex } from './library/sha1.js';
import { type FunctionLibrary, loadLibrary } from './library-load.js';
import { refuseUnknown, resolveProfile, type ServerProfile } from './profile.js';
import { createRealm, type Realm } from './realm.js';
import { type RunLimits, runProtected } from './run.js';
import { LuaTable } from './runtime/table.js';
import type { LuaFunction } from './runtime/values.js';
import { readScriptText, type ScriptFlag } from './shebang.js';

/** How an engine compiles, and which server its scripts see. */
export interface LuaEngineOptions {
  readonly server?: ServerProfile;
  /**
   * `generate` writes JavaScript (fast, needs `new Function`), `interpret` walks closures (for places that forbid
   * code generation). Default: generate where it is allowed, otherwise interpret.
   */
  readonly mode?: 'generate' | 'interpret';
}

/** A script ready to run, any number of times and against any host. */
export interface CompiledScript {
  /** SHA-1 of the whole text, as EVALSHA names it. */
  readonly sha1: string;
  /** Flags of the `#!lua` line; undefined when there is none. What they forbid is the host's to enforce. */
  readonly flags: readonly ScriptFlag[] | undefined;
  /** Runs it to its end and gives its reply; an uncaught error is a `HostError` value. Throws only what the host threw. */
  run(host: LuaHost, keys: readonly string[], argv: readonly string[], limits?: RunLimits): HostReply;
}

/** Compiles scripts and function libraries for one server profile. */
export interface LuaEngine {
  /** Throws LuaSyntaxError or LuaShebangError, TypeError for what is no byte string. Not cached: keep the result under its sha1. */
  compile(source: string): CompiledScript;
  /** Runs the text of a FUNCTION LOAD once and gives the functions it registers. Throws LuaLibraryError. */
  loadLibrary(source: string): FunctionLibrary;
}

function mayGenerate(): boolean {
  try {
    new Function('return 1');
    return true;
  } catch {
    return false;
  }
}

/** A char beyond a byte would be hashed, and counted, as something else than a server does. */
function refuseWideText(source: string): void {
  if (typeof source === 'string' && !/[\u0100-\uffff]/.test(source)) return;
  throw new TypeError(
    "a source text must be a byte string, one char code 0 to 255 a byte: Buffer.from(text).toString('latin1')",
  );
}

/**
 * Makes an engine. All its texts are byte strings: one char code 0..255 a byte. Scripts of one engine share
 * libraries they cannot change; nothing a script does survives its run, apart from cjson's settings.
 */
export function createLuaEngine(options: LuaEngineOptions = {}): LuaEngine {
  const profile = resolveProfile(options.server);
  if (options.mode !== undefined) refuseUnknown('mode', options.mode, ['generate', 'interpret']);
  const interpret = (options.mode ?? (mayGenerate() ? 'generate' : 'interpret')) === 'interpret';
  let realm: Realm | undefined;

  function compile(source: string): CompiledScript {
    refuseWideText(source);
    const { flags, body } = readScriptText(source);
    realm ??= createRealm({ profile, interpret, kind: 'script' });
    const { globals, compile: compileText } = realm;
    const shared = realm;
    const main: LuaFunction = compileText(body, '@user_script');
    const sha1 = sha1Hex(source);
    return {
      sha1,
      flags,
      run(host, keys, argv, limits) {
        const name = profile.namesScripts ? sha1 : '';
        return runProtected(shared, host, limits, name, profile.commandNumber, () => {
          // The globals are locked for scripts; the engine writes past the lock.
          globals.set('KEYS', LuaTable.filled([...keys]));
          globals.set('ARGV', LuaTable.filled([...argv]));
          return main();
        });
      },
    };
  }

  return {
    compile,
    loadLibrary(source) {
      refuseWideText(source);
      return loadLibrary(source, profile, interpret);
    },
  };
}
