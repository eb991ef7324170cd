import { type CompiledScript, createLuaEngine, type LuaEngine } from '@penknife/lua';
import { defaultProfile, luaServer, type ServerProfile } from './server-profile.js';

/** How many compiled scripts outlive a reset. */
const rememberedScripts = 1000;

/** Compiled scripts of one engine, by sha1 and by text: each text is compiled once until SCRIPT FLUSH. */
export class ScriptCache {
  readonly #profile: ServerProfile;
  #lua: LuaEngine | undefined;
  readonly #byHash = new Map<string, CompiledScript>();
  readonly #byText = new Map<string, CompiledScript>();
  /** What an engine before this one had compiled: unknown to clients until it is loaded again. */
  readonly #compiled: ReadonlyMap<string, CompiledScript>;

  constructor(profile: ServerProfile = defaultProfile, before?: ScriptCache) {
    this.#profile = profile;
    if (before === undefined) {
      this.#compiled = new Map();
      return;
    }
    this.#lua = before.#lua;
    this.#compiled = new Map([...before.#compiled, ...before.#byText].slice(-rememberedScripts));
  }

  get size(): number {
    return this.#byHash.size;
  }

  /** The script of a text, compiled and remembered. Throws what the compiler throws. */
  load(text: string): CompiledScript {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const script = this.#compiled.get(text) ?? this.#compile(text);
    this.#byText.set(text, script);
    this.#byHash.set(script.sha1, script);
    return script;
  }

  /** The script of a sha1 in any case; undefined when it is not known. */
  find(hash: string): CompiledScript | undefined {
    return this.#byHash.get(hash) ?? this.#byHash.get(hash.toLowerCase());
  }

  /** The text of a sha1 in any case; undefined when it is not known. */
  textOf(hash: string): string | undefined {
    const script = this.find(hash);
    for (const [text, known] of this.#byText) if (known === script) return text;
    return undefined;
  }

  #compile(text: string): CompiledScript {
    this.#lua ??= createLuaEngine({ server: luaServer(this.#profile) });
    return this.#lua.compile(text);
  }

  flush(): void {
    this.#byHash.clear();
    this.#byText.clear();
  }
}
