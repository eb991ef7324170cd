import { type CompiledScript, createLuaEngine, type LuaEngine } from '@penknife/lua';
import { defaultProfile, luaServer, type ServerProfile } from './server-profile.js';

/** How many scripts that came by EVAL alone a server from Redis 7.4 on remembers. */
const evaluatedScripts = 500;

/** How many compiled scripts outlive a reset. */
const rememberedScripts = 1000;

/**
 * Compiled scripts of one engine, by sha1 and by text: each text is compiled once until SCRIPT FLUSH. Where the server does so,
 * of those that only EVAL brought the one that was used longest ago goes when there are too many.
 */
export class ScriptCache {
  readonly #profile: ServerProfile;
  #lua: LuaEngine | undefined;
  readonly #byHash = new Map<string, CompiledScript>();
  readonly #byText = new Map<string, CompiledScript>();
  /** Texts of those that may go, by sha1, the one used last at the end. */
  readonly #evaluated = new Map<string, string>();
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

  /** The script of a text for SCRIPT LOAD, compiled and remembered until SCRIPT FLUSH. Throws what the compiler throws. */
  load(text: string): CompiledScript {
    const script = this.#remember(text);
    this.#evaluated.delete(script.sha1);
    return script;
  }

  /** The script of a text for EVAL, compiled and remembered. Throws what the compiler throws. */
  evaluated(text: string): CompiledScript {
    const known = this.#byText.get(text);
    if (known !== undefined) {
      this.#used(known);
      return known;
    }
    const script = this.#remember(text);
    if (!this.#profile.isLater) return script;
    if (this.#evaluated.size >= evaluatedScripts) this.#forgetOldest();
    this.#evaluated.set(script.sha1, text);
    return script;
  }

  /** The script of a sha1 for EVALSHA. */
  used(hash: string): CompiledScript | undefined {
    const script = this.find(hash);
    if (script !== undefined) this.#used(script);
    return script;
  }

  #used({ sha1 }: CompiledScript): void {
    const text = this.#evaluated.get(sha1);
    if (text === undefined) return;
    this.#evaluated.delete(sha1);
    this.#evaluated.set(sha1, text);
  }

  #forgetOldest(): void {
    for (const [sha1, text] of this.#evaluated) {
      this.#evaluated.delete(sha1);
      this.#byHash.delete(sha1);
      this.#byText.delete(text);
      return;
    }
  }

  #remember(text: string): CompiledScript {
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
    this.#evaluated.clear();
  }
}
