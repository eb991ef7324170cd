import { type Cache, type CacheOptions, createCache } from '@penknife/cache';
import type { Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { BenchCache, OpenCache } from './peers.js';

/** What ours promises. */
export const promises = 'two tiers; one loader across processes, no late load after an invalidation';

/** A cache of ours with what it stands on. */
export interface OurCache {
  readonly cache: Cache<unknown>;
  readonly driver: Driver;
  close(): Promise<void>;
}

export function openOurs(
  url: string,
  client: 'node-redis' | 'ioredis',
  options: Partial<CacheOptions> = {},
): OurCache {
  const driver =
    client === 'ioredis'
      ? createIoredisDriver(new Redis(url, { lazyConnect: true }))
      : createNodeRedisDriver(createClient({ url }));
  const cache = createCache(driver, { name: 'bench', ttlMs: 3_600_000, ...options });
  return {
    cache,
    driver,
    async close() {
      await cache.close();
      await driver.close();
    },
  };
}

/** Ours as the cases use it. */
export const penknife: OpenCache = async ({ server }): Promise<BenchCache> => {
  const { cache, close } = openOurs(server.url, 'ioredis');
  return {
    name: 'penknife on ioredis',
    guarantees: promises,
    getOrSet: (key, load) => cache.getOrSet(key, load),
    remove: (key) => cache.remove(key),
    close,
  };
};
