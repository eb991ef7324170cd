import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkedList } from '../../src/structures/list/chunked-list.js';
import { expectProperty } from './property.js';

const item = fc.nat(6).map((n) => `i${n}`);
const act = fc.record({
  kind: fc.constantFrom(
    'pushHead',
    'pushTail',
    'popHead',
    'popTail',
    'insertAt',
    'removeAt',
    'replaceAt',
    'removeEqual',
    'trim',
  ),
  item,
  at: fc.nat(),
  count: fc.integer({ min: -3, max: 3 }),
});

function removeFromArray(items: string[], wanted: string, count: number): number {
  let left = count === 0 ? items.length : Math.abs(count);
  const before = items.length;
  while (left > 0) {
    const index = count < 0 ? items.lastIndexOf(wanted) : items.indexOf(wanted);
    if (index < 0) break;
    items.splice(index, 1);
    left -= 1;
  }
  return before - items.length;
}

function likeAnArray(make: () => ChunkedList) {
  const size = fc.oneof(fc.nat(20), fc.constantFrom(128, 300, 1500));
  return fc.property(size, size, fc.array(act, { maxLength: 60 }), (heads, tails, acts) => {
    const list = make();
    let oracle: string[] = [];
    for (let n = 0; n < tails; n += 1) {
      list.pushTail(`i${n % 9}`);
      oracle.push(`i${n % 9}`);
    }
    for (let n = 0; n < heads; n += 1) list.pushHead(`h${n % 9}`);
    oracle = [...Array.from({ length: heads }, (_unused, n) => `h${n % 9}`).reverse(), ...oracle];
    for (const { kind, item, at, count } of acts) {
      const index = at % (oracle.length + 1);
      if (kind === 'pushHead') {
        list.pushHead(item);
        oracle.unshift(item);
      } else if (kind === 'pushTail') {
        list.pushTail(item);
        oracle.push(item);
      } else if (kind === 'popHead') expect(list.popHead()).toBe(oracle.shift());
      else if (kind === 'popTail') expect(list.popTail()).toBe(oracle.pop());
      else if (kind === 'insertAt') {
        list.insertAt(index, item);
        oracle.splice(index, 0, item);
      } else if (kind === 'removeAt') expect(list.removeAt(index)).toBe(oracle.splice(index, 1)[0]);
      else if (kind === 'replaceAt') {
        expect(list.replaceAt(index, item)).toBe(index < oracle.length);
        if (index < oracle.length) oracle[index] = item;
      } else if (kind === 'removeEqual') {
        expect(list.removeEqual(item, count)).toBe(removeFromArray(oracle, item, count));
      } else {
        const stop = oracle.length - 1 - (at % 7);
        list.trim(at % 5, stop);
        oracle = oracle.slice(at % 5, Math.max(0, stop + 1));
      }
      expect(list.size).toBe(oracle.length);
      expect(list.at(index)).toBe(oracle[index]);
    }
    expect(list.range(0, list.size - 1)).toEqual(oracle);
    expect(list.range(3, 200)).toEqual(oracle.slice(3, 201));
    for (let index = 0; index < oracle.length; index += 1 + (oracle.length >> 5))
      expect(list.at(index)).toBe(oracle[index]);
    const backwards: string[] = [];
    list.forEachFrom(list.size - 1, true, (value) => backwards.push(value) > 0);
    expect(backwards).toEqual([...oracle].reverse());
  });
}

class TrimsOneTooFew extends ChunkedList {
  override trim(start: number, stop: number): void {
    super.trim(start, stop + 1);
  }
}

class RemovesFromTheHead extends ChunkedList {
  override removeEqual(item: string, count: number): number {
    return super.removeEqual(item, Math.abs(count));
  }
}

describe('ChunkedList', () => {
  test('behaves like an array', () => {
    const planted = { trim: () => new TrimsOneTooFew(), 'negative count': () => new RemovesFromTheHead() };
    expectProperty(likeAnArray, () => new ChunkedList(), planted);
  });

  test('a place outside is refused by name', () => {
    expect(() => new ChunkedList().insertAt(1, 'a')).toThrow('No place 1 to insert at in a list of 0');
  });
});
