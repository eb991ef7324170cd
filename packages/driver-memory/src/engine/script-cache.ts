import { type CompiledScript, createLuaEngine, type LuaEngine } from '@penknife/lua';

/** Compiled scripts of one engine, by sha1 and by text: each text is compiled once until SCRIPT FLUSH. */
export class ScriptCache {
  #lua: LuaEngine | undefined;
  readonly #byHash = new Map<string, CompiledScript>();
  readonly #byText = new Map<string, CompiledScript>();

  get size(): number {
    return this.#byHash.size;
  }

  /** The script of a text, compiled and remembered. Throws what the compiler throws. */
  load(text: string): CompiledScript {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#lua ??= createLuaEngine();
    const script = this.#lua.compile(text);
    this.#byText.set(text, script);
    this.#byHash.set(script.sha1, script);
    return script;
  }

  /** The script of a sha1 in any case; undefined when it is not known. */
  find(hash: string): CompiledScript | undefined {
    return this.#byHash.get(hash) ?? this.#byHash.get(hash.toLowerCase());
  }

  flush(): void {
    this.#byHash.clear();
    this.#byText.clear();
  }
}
