import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineKeys, keyPart, slotOf } from '../src/index.js';

const keys = defineKeys({
  pattern: 'shop',
  version: 2,
  kinds: {
    cart: { life: 'ephemeral', holds: 'a cart' },
    stock: { life: 'durable', holds: 'a counter', bound: 'one per product' },
  },
});

describe('keys', () => {
  it('reads namespace, pattern, version, kind, tag, parts', () => {
    expect(keys.in('pk').cart('user-42', 'items')).toBe('pk:shop2:cart:{user-42}:items');
  });

  it('joins the segments of a list inside of the hash tag, each encoded by itself', () => {
    expect(keys.in('pk').cart(['room', '4:2', 'list'], 'x')).toBe('pk:shop2:cart:{room:4%3a2:list}:x');
    expect(() => keys.in('pk').cart([])).toThrow(/cart must be a string that is not empty/);
    expect(() => keys.in('pk').cart(['room', ''])).toThrow(/cart must be a string that is not empty/);
  });

  it('refuses a namespace that could be mistaken for something else', () => {
    for (const namespace of ['', 'a b', '{a}', 'a:', ':a', 'a::b', 'a*', 'x'.repeat(101)]) {
      expect(() => keys.in(namespace)).toThrow(/namespace must be/);
    }
    expect(keys.in('shop:eu').stock('1')).toBe('shop:eu:shop2:stock:{1}');
  });

  it('refuses an empty or foreign part by name', () => {
    expect(() => keys.in('pk').cart('')).toThrow(/cart must be a string that is not empty/);
    expect(() => keys.in('pk').cart('a', undefined as never)).toThrow(/given: undefined/);
  });

  it('property: no input leaves its place, and no two inputs share a key', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }),
      fc.string({
        unit: fc.constantFrom('{', '}', ':', '%', '~', '*', 'a', '\ud800', '\udc00', '\n'),
        minLength: 1,
      }),
    );
    fc.assert(
      fc.property(hostile, hostile, (left, right) => {
        const key = keys.in('pk').cart(left, right);
        expect(key.match(/[{}]/g)).toEqual(['{', '}']);
        expect(key.split(':')).toHaveLength(5);
        expect(key).toMatch(/^[\x21-\x7e]+$/);
        expect(key).not.toMatch(/[*?[\]\\]/);
        if (left !== right) expect(keyPart(left, 'id')).not.toBe(keyPart(right, 'id'));
        expect(slotOf(key)).toBe(slotOf(keys.in('pk').stock(left)));
      }),
      { numRuns: 2000 },
    );
  });

  it('hashes what is very long, so that keys stay short', () => {
    const long = keyPart('x'.repeat(10_000_000), 'id');
    expect(long).toMatch(/^~[\w-]{43}$/);
    expect(keyPart(long, 'id')).not.toBe(long);
  });
});

describe('slotOf', () => {
  it('gives the slots a server gives', () => {
    // CLUSTER KEYSLOT on Redis 7.0
    expect(slotOf('foo')).toBe(12182);
    expect(slotOf('123456789')).toBe(12739);
    expect(slotOf('{user1000}.following')).toBe(slotOf('user1000'));
    expect(slotOf('foo{}{bar}')).toBe(slotOf(new TextEncoder().encode('foo{}{bar}')));
    expect(slotOf('foo{{bar}}zap')).toBe(slotOf('{bar'));
    expect(slotOf('{}x')).not.toBe(slotOf('x'));
  });
});
