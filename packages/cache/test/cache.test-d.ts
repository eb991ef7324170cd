import type { Driver } from '@penknife/core';
import { expectTypeOf, test } from 'vitest';
import { type Cache, createCache } from '../src/index.js';

declare const driver: Driver;
interface Product {
  readonly name: string;
}

test('a cache holds what it says', () => {
  const cache = createCache<Product | null>(driver, { ttlMs: 1000 });
  expectTypeOf(cache).toEqualTypeOf<Cache<Product | null>>();
  expectTypeOf(cache.get('x')).resolves.toEqualTypeOf<Product | null | undefined>();
  expectTypeOf(cache.getOrSet('x', () => ({ name: 'a' }))).resolves.toEqualTypeOf<{ name: string }>();
  // @ts-expect-error: not what the cache holds
  void cache.getOrSet('x', () => 5);
  // @ts-expect-error: a cache says how long values serve
  createCache(driver, {});
});

test('an open cache takes what the loader gives', () => {
  const cache = createCache(driver, { ttlMs: 1000 });
  expectTypeOf(cache.getOrSet('x', async () => 5)).resolves.toEqualTypeOf<number>();
  expectTypeOf(cache.get('x')).resolves.toEqualTypeOf<unknown>();
});
