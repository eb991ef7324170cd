import { copyValue } from './engine/copy-value.js';
import type { Engine } from './engine/engine.js';
import type { KeyEntry, Kind, Value } from './engine/value.js';
import { FieldHash } from './structures/hash-table/field-hash.js';

interface KeptKey {
  readonly database: number;
  readonly key: string;
  readonly kind: Kind;
  readonly value: Value;
  readonly grown: KeyEntry['grown'];
  /** Milliseconds it had left. */
  readonly ttlMs: number | undefined;
}

/** All keys of an engine as they were. To be handed to `restore`, as often as wanted, of this engine or another. */
export class MemorySnapshot {
  readonly #keys: readonly KeptKey[];
  readonly #takenAtMs: number;

  private constructor(keys: readonly KeptKey[], takenAtMs: number) {
    this.#keys = keys;
    this.#takenAtMs = takenAtMs;
  }

  /** How many keys it holds. */
  get size(): number {
    return this.#keys.length;
  }

  /** The databases that an engine must have to take it. */
  get databases(): number {
    return this.#keys.reduce((most, { database }) => Math.max(most, database + 1), 0);
  }

  /** Copies what is there now. */
  static of(engine: Engine): MemorySnapshot {
    engine.refreshTime();
    const keys: KeptKey[] = [];
    for (const { index, entries } of engine.databases) {
      entries.forEach(({ kind, value, grown, expiresAt }, key) => {
        if (expiresAt !== undefined && engine.now > expiresAt) return;
        const ttlMs = expiresAt === undefined ? undefined : expiresAt - engine.now;
        keys.push({ database: index, key, kind, value: copyValue(value), grown, ttlMs });
      });
    }
    return new MemorySnapshot(keys, engine.now);
  }

  /** Puts these keys in the place of all that an engine holds, each with as much time left as it had. */
  restoreTo(engine: Engine): void {
    engine.flushAll();
    for (const { database, key, kind, value, grown, ttlMs } of this.#keys) {
      const home = engine.database(database);
      const copy = copyValue(value);
      if (copy instanceof FieldHash) copy.shiftDeadlines(engine.now - this.#takenAtMs);
      const entry = home.add(key, kind, copy as never);
      entry.grown = grown;
      if (ttlMs !== undefined) home.setExpiry(key, entry, engine.now + ttlMs);
      home.touched(key);
    }
    engine.settle();
  }
}
