import { createLuaEngine, type LuaEngine, type RegisteredFunction } from '@penknife/lua';
import { luaServer, type ServerProfile } from './server-profile.js';

/** A library as FUNCTION LIST shows it. */
export interface LoadedLibrary {
  readonly name: string;
  readonly code: string;
  readonly functions: readonly RegisteredFunction[];
}

/** The function libraries of one engine. */
export class FunctionLibraries {
  readonly #profile: ServerProfile;
  #lua: LuaEngine | undefined;
  #libraries = new Map<string, LoadedLibrary>();
  #functions = new Map<string, RegisteredFunction>();

  constructor(profile: ServerProfile) {
    this.#profile = profile;
  }

  get libraries(): readonly LoadedLibrary[] {
    return [...this.#libraries.values()];
  }

  get functionCount(): number {
    return this.#functions.size;
  }

  has(name: string): boolean {
    return this.#libraries.has(name);
  }

  find(functionName: string): RegisteredFunction | undefined {
    return this.#functions.get(functionName);
  }

  /** Runs a library's text, without keeping it. Throws what the compiler throws. */
  compile(code: string): LoadedLibrary {
    this.#lua ??= createLuaEngine({ server: luaServer(this.#profile) });
    const { name, functions } = this.#lua.loadLibrary(code);
    return { name, code, functions };
  }

  /** A function of this library that another library has; the library it replaces does not count. */
  clashOf({ name, functions }: LoadedLibrary): string | undefined {
    const own = new Set(this.#libraries.get(name)?.functions);
    return functions.find((one) => {
      const other = this.#functions.get(one.name);
      return other !== undefined && !own.has(other);
    })?.name;
  }

  /** Keeps a library; one of its name gives way. */
  add(library: LoadedLibrary): void {
    this.delete(library.name);
    this.#libraries.set(library.name, library);
    for (const one of library.functions) this.#functions.set(one.name, one);
  }

  /** Loads the libraries that another engine has. */
  adopt(others: FunctionLibraries): void {
    for (const { code } of others.libraries) this.add(this.compile(code));
  }

  delete(name: string): boolean {
    const library = this.#libraries.get(name);
    if (library === undefined) return false;
    for (const one of library.functions) this.#functions.delete(one.name);
    return this.#libraries.delete(name);
  }

  clear(): void {
    this.#libraries = new Map();
    this.#functions = new Map();
  }
}
