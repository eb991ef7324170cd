import { checkDriver, type Driver, UnsupportedError } from '@penknife/core';
import type { Cache } from './cache.js';
import { CacheHandle } from './cache-handle.js';
import { checkFields } from './check-options.js';
import { type CacheOptions, resolveOptions } from './options.js';

/**
 * Makes a cache. `V` is what it holds; `null` means "does not exist", `undefined` is refused.
 *
 * ```ts
 * const cache = createCache<Product>(driver, { name: 'products', ttlMs: 60_000, staleIfErrorMs: 3_600_000 });
 * const product = await cache.getOrSet(id, ({ signal }) => fetchProduct(id, signal));
 * await cache.remove(id);
 * ```
 */
export function createCache<V = unknown>(driver: Driver, options: CacheOptions): Cache<V> {
  checkDriver(driver);
  checkFields('options', options);
  const resolved = resolveOptions(options);
  if (resolved.transport === 'tracking' && driver.topology === 'cluster') {
    throw new UnsupportedError('CLIENT TRACKING on a cluster');
  }
  return new CacheHandle<V>(driver, resolved);
}
