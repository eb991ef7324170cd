import { createCache as createCacheManager } from 'cache-manager';
import { Cacheable } from 'cacheable';
import { Keyv } from 'keyv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyvStore } from '../src/keyv.js';
import { createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

describe('the store for Keyv', () => {
  it('carries what a Keyv does with it: values, TTLs, many, clear', async () => {
    const cache = stage.cache<unknown>({ name: 'k' });
    const keyv = new Keyv<unknown>({ store: keyvStore(cache) });
    expect(await keyv.get('x')).toBeUndefined();
    await keyv.set('x', { a: 1 }, 1000);
    expect([await keyv.get('x'), await keyv.has('x')]).toEqual([{ a: 1 }, true]);
    await keyv.setMany([
      { key: 'y', value: 2 },
      { key: 'z', value: 3 },
    ]);
    expect(await keyv.getMany(['x', 'y', 'nothing', 'z'])).toEqual([{ a: 1 }, 2, undefined, 3]);
    expect([await keyv.delete('y'), await keyv.delete('y')]).toEqual([true, false]);
    await stage.clock.advance(1000);
    expect(await cache.get('keyv:x')).toBeUndefined();
    await keyv.clear();
    expect(await keyv.get('z')).toBeUndefined();
    await keyv.disconnect();
    expect(await cache.getOrSet('mine', () => 1)).toBe(1);
  });

  it('carries cache-manager: wrap, mget, mset, del', async () => {
    const keyv = new Keyv({ store: keyvStore(stage.cache<unknown>({ name: 'm' })) });
    const manager = createCacheManager({ stores: [keyv] });
    let runs = 0;
    const wrapped = () => manager.wrap('x', async () => ++runs, 10_000);
    expect([await wrapped(), await wrapped()]).toEqual([1, 1]);
    await manager.mset([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(await manager.mget(['a', 'b', 'c'])).toEqual([1, 2, undefined]);
    await manager.del('a');
    expect(await manager.get('a')).toBeUndefined();
    await manager.clear();
    expect(await manager.get('b')).toBeUndefined();
  });

  it('carries cacheable as its second tier', async () => {
    const shared = stage.cache<unknown>({ name: 'c', local: false });
    const first = new Cacheable({ secondary: new Keyv({ store: keyvStore(shared) }) });
    const second = new Cacheable({ secondary: new Keyv({ store: keyvStore(shared) }) });
    await first.set('x', { a: 1 }, 10_000);
    expect(await second.get('x')).toEqual({ a: 1 });
    expect(await second.getOrSet('x', async () => ({ a: 2 }), { ttl: 10_000 })).toEqual({ a: 1 });
    await first.delete('x');
    expect(await shared.get('keyv:x')).toBeUndefined();
  });
});
