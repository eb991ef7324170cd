import type { Driver, StandardSchema } from '@penknife/core';
import { type Consumer, createStreams, defineStream, type PartitionedConsumer } from '@penknife/streams';
import { expectTypeOf, test } from 'vitest';
import { type Cache, createCache, type UnstoredWrite, writeLogSchema } from '../src/index.js';

declare const driver: Driver;
declare const numbers: StandardSchema<number, number>;
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

test('a log is whatever has append and consume, and its consumers take its own options', () => {
  const cache = createCache<Product | null>(driver, { ttlMs: 1000 });
  const streams = createStreams(driver);
  const plain = streams.open(defineStream('a', { schema: writeLogSchema, retention: 'forever' }));
  const split = streams.open(
    defineStream('b', { schema: writeLogSchema, retention: 'forever', partitions: 4 }),
  );
  const store = ({ key, value }: UnstoredWrite<Product | null>): void => void [key, value?.name];
  const one = cache.writeBehind(plain).store('g', store, { concurrency: 3, retry: { failures: 9 } });
  expectTypeOf(one).toEqualTypeOf<Consumer>();
  expectTypeOf(cache.writeBehind(split).store('g', store)).toEqualTypeOf<PartitionedConsumer>();
  // @ts-expect-error: the order is not the caller's to choose
  cache.writeBehind(plain).store('g', store, { order: 'none' });
  // @ts-expect-error: a stream of something else
  cache.writeBehind(streams.open(defineStream('c', { schema: numbers, retention: 'forever' })));
  // @ts-expect-error: not what the cache holds
  void cache.writeBehind(plain).write('x', 5);
});
