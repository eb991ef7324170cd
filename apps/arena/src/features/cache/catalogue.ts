import { type Cache, type CacheStats, createCache } from '@penknife/cache';
import type { Driver } from '@penknife/core';
import { openPriceList, products } from './price-list.js';

/** From where one price came. */
export type Tier = 'local' | 'redis' | 'loaded';

/** One product as the page gets it. */
export interface ShownProduct {
  readonly name: string;
  readonly cents: number;
  readonly tier: Tier;
}

/** Shares of all prices given so far, from 0 to 1. */
export interface HitRates {
  readonly instance: string;
  readonly local: number;
  readonly redis: number;
  readonly loaded: number;
  readonly given: number;
}

/** The catalogue of one instance. */
export interface Catalogue {
  look(): Promise<readonly ShownProduct[]>;
  raise(name: string): Promise<number>;
  clear(): Promise<void>;
  /** Of every instance that has shown its catalogue lately. */
  rates(): Promise<readonly HitRates[]>;
  close(): Promise<void>;
}

const instances = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'];

/** Opens the catalogue of an instance: prices through a cache in two tiers, and what each instance says of its hits through another. */
export function openCatalogue(driver: Driver, instance: string): Catalogue {
  const prices = openPriceList(driver);
  const cache = createCache<number>(driver, {
    name: 'arena-catalogue',
    instance,
    ttlMs: 20_000,
    staleWhileRevalidateMs: 10_000,
    staleIfErrorMs: 600_000,
  });
  const told: Cache<HitRates> = createCache<HitRates>(driver, {
    name: 'arena-hit-rates',
    ttlMs: 10_000,
    local: false,
  });
  let loads = 0;

  return {
    async look() {
      const local = new Set(products.filter((name) => cache.peek(name) !== undefined));
      const loaded = new Set<string>();
      const { values, failures } = await cache.getOrSetMany(
        products,
        async ({ keys }) => {
          for (const key of keys) loaded.add(key);
          loads += keys.length;
          return prices.read(keys);
        },
        { tags: ['catalogue'] },
      );
      for (const failure of failures.values()) throw failure;
      await told.set(instance, ratesOf(instance, cache.stats(), loads));
      return products.map((name): ShownProduct => {
        const tier = loaded.has(name) ? 'loaded' : local.has(name) ? 'local' : 'redis';
        return { name, cents: values.get(name) ?? 0, tier };
      });
    },
    async raise(name) {
      const cents = await prices.raise(name);
      // Answered only when no instance shows the old price any more.
      await cache.remove(name, { everywhere: true });
      return cents;
    },
    clear: () => cache.removeTags(['catalogue'], { everywhere: true }),
    async rates() {
      const { values } = await told.getMany(instances);
      return instances.flatMap((each) => values.get(each) ?? []);
    },
    async close() {
      await Promise.all([cache.close(), told.close()]);
    },
  };
}

function ratesOf(instance: string, { hits }: CacheStats, loads: number): HitRates {
  const given = hits.local + hits.redis + loads;
  const share = (part: number): number => (given === 0 ? 0 : part / given);
  return { instance, local: share(hits.local), redis: share(hits.redis), loaded: share(loads), given };
}
