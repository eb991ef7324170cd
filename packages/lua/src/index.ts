export { type CompiledScript, createLuaEngine, type LuaEngine, type LuaEngineOptions } from './engine.js';
export type {
  HostBigNumber,
  HostDouble,
  HostError,
  HostMap,
  HostReply,
  HostSet,
  HostStatus,
  HostVerbatim,
  LuaHost,
} from './host.js';
export { sha1Hex } from './library/sha1.js';
export type { FunctionLibrary, RegisteredFunction } from './library-load.js';
export type { ServerProfile } from './profile.js';
export type { RunLimits } from './run.js';
export {
  isStackOverflow,
  LuaLibraryError,
  LuaShebangError,
  LuaSyntaxError,
  ScriptStopped,
} from './runtime/errors.js';
export type { ScriptFlag } from './shebang.js';
