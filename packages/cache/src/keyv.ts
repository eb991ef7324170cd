import type { Cache } from './cache.js';
import { checkCache } from './check-cache.js';

/** What Keyv asks of a store, as far as a cache has it. */
export interface KeyvStore {
  namespace?: string | undefined;
  readonly opts: Readonly<Record<string, unknown>>;
  get(key: string): Promise<unknown>;
  getMany(keys: readonly string[]): Promise<unknown[]>;
  set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
  setMany(entries: readonly KeyvEntry[]): Promise<boolean[]>;
  delete(key: string): Promise<boolean>;
  deleteMany(keys: readonly string[]): Promise<boolean>;
  has(key: string): Promise<boolean>;
  clear(): Promise<void>;
  disconnect(): Promise<void>;
  on(event: string, listener: (...args: never[]) => void): this;
}

/** One of the entries of `setMany`. */
export interface KeyvEntry {
  readonly key: string;
  readonly value: unknown;
  readonly ttl?: number | undefined;
}

/**
 * A store for Keyv 5, and so for everything that takes a Keyv: cache-manager 7, cacheable 2. Values without a TTL serve as long
 * as the cache's `ttlMs` says. `clear` removes everything of the cache in one step, whatever Keyv's namespace: give
 * every Keyv a cache of its own name. It has no iterator.
 *
 * ```ts
 * const keyv = new Keyv({ store: keyvStore(createCache(driver, { name: 'sessions', ttlMs: 3_600_000 })) });
 * ```
 */
export function keyvStore(cache: Cache<unknown>): KeyvStore {
  checkCache(cache);
  const times = (ttlMs: number | undefined) =>
    ttlMs === undefined || ttlMs <= 0 ? {} : { ttlMs: Math.ceil(ttlMs) };
  return {
    opts: { dialect: 'penknife' },
    get: (key) => cache.get(key),
    async getMany(keys) {
      const { values, failures } = await cache.getMany(keys);
      for (const failure of failures.values()) throw failure;
      return keys.map((key) => values.get(key));
    },
    async set(key, value, ttlMs) {
      await cache.set(key, value, times(ttlMs));
      return true;
    },
    setMany: (entries) =>
      Promise.all(
        entries.map(async ({ key, value, ttl }) => {
          await cache.set(key, value, times(ttl));
          return true;
        }),
      ),
    delete: (key) => cache.remove(key),
    async deleteMany(keys) {
      await cache.invalidate({ keys });
      return true;
    },
    has: async (key) => (await cache.get(key)) !== undefined,
    clear: () => cache.clear(),
    // The cache is whose it was.
    disconnect: async () => undefined,
    // Errors reach who called; there is nothing to be told besides.
    on() {
      return this;
    },
  };
}
