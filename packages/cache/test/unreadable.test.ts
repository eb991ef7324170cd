import { afterAll, expect, it } from 'vitest';
import { type Cache, createCache } from '../src/index.js';
import { createStage } from './stage.js';

const stage = createStage();
const cache = stage.cache<unknown>();
afterAll(() => stage.close());

type Untyped = (...args: unknown[]) => unknown;
const fail = (): never => {
  throw new Error('not yours');
};
const proxy = new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail });
const of = (name: string): object => Object.defineProperty({}, name, { get: fail, enumerable: true });
const load = (): number => 1;
const save = async (): Promise<void> => undefined;

const calls: readonly (readonly [name: keyof Cache, ...before: unknown[]])[] = [
  ['get', 'k'],
  ['read', 'k'],
  ['getMany', ['k']],
  ['getOrSet', 'k', load],
  ['getOrSetMany', ['k'], load],
  ['merged', load],
  ['wrap', load, String],
  ['readThrough', load],
  ['set', 'k', 1],
  ['setMany', [['k', 1]]],
  ['writeThrough', 'k', 1, save],
  ['invalidate'],
  ['invalidate', { all: true }],
  ['remove', 'k'],
  ['removeTags', ['t']],
  ['clear'],
  ['explain', 'k'],
];

it.each(calls)('%s: what cannot be read is refused by name', async (name, ...before) => {
  for (const unreadable of [of('tags'), of('signal'), of('everywhere'), of('keys'), proxy]) {
    const call = async (): Promise<unknown> => (cache[name as keyof Cache] as Untyped)(...before, unreadable);
    await expect(call()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  }
});

it('a cache is not made of it, and a key is none', async () => {
  const { driver } = stage.redis;
  for (const options of [of('ttlMs'), proxy, { ttlMs: 1, local: of('maxBytes') }])
    expect(() => createCache(driver(), options as never)).toThrow(/must have fields that can be read/);
  await expect(cache.get(proxy as never)).rejects.toMatchObject({ argument: 'key' });
});
