import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HashTable } from '../../src/structures/hash-table/hash-table.js';
import { KeySet } from '../../src/structures/hash-table/key-set.js';
import { expectProperty } from './property.js';

const key = fc.nat(400).map((n) => `k${n}`);
const act = fc.record({
  kind: fc.constantFrom('add', 'add', 'add', 'delete', 'deleteAt' as const),
  key,
  at: fc.nat(),
});

function likeASet(make: () => KeySet) {
  return fc.property(fc.nat(300), fc.array(act, { maxLength: 300 }), (prefill, acts) => {
    const set = make();
    const oracle = new Set<string>();
    for (let n = 0; n < prefill; n += 1) {
      set.add(`k${n}`);
      oracle.add(`k${n}`);
    }
    for (const { kind, key, at } of acts) {
      if (kind === 'add') {
        expect(set.add(key)).toBe(!oracle.has(key));
        oracle.add(key);
      } else if (kind === 'delete') {
        expect(set.delete(key)).toBe(oracle.delete(key));
      } else if (set.size > 0) {
        const index = at % set.size;
        oracle.delete(set.keyAt(index));
        set.deleteAt(index);
      }
    }
    expect(set.size).toBe(oracle.size);
    const positions: string[] = [];
    set.forEachKey((name, index) => {
      expect(set.indexOf(name)).toBe(index);
      positions.push(name);
    });
    expect([...positions].sort()).toEqual([...oracle].sort());
  });
}

function scanIsComplete(make: () => KeySet) {
  const step = fc.record({ count: fc.integer({ min: 1, max: 40 }), acts: fc.array(act, { maxLength: 30 }) });
  return fc.property(
    fc.integer({ min: 0, max: 400 }),
    fc.array(step, { maxLength: 60 }),
    (prefill, steps) => {
      const set = make();
      for (let n = 0; n < prefill; n += 1) set.add(`k${n}`);
      const lasting = new Set<string>();
      set.forEachKey((name) => lasting.add(name));
      const seen = new Set<string>();
      let cursor = 0;
      for (let turn = 0; turn === 0 || cursor !== 0; turn += 1) {
        expect(turn).toBeLessThan(1000);
        const { count, acts } = steps[turn] ?? { count: 10, acts: [] };
        cursor = set.scan(cursor, count, (name) => seen.add(name));
        for (const { kind, key } of acts) {
          if (kind === 'add') set.add(key);
          else if (set.delete(key)) lasting.delete(key);
        }
      }
      for (const name of lasting) expect(seen.has(name), name).toBe(true);
    },
  );
}

class ForgetsMovedKey extends KeySet {
  override deleteAt(index: number): void {
    this.keyAt(index);
    const last = this.keys.pop()!;
    if (index < this.keys.length) this.keys[index] = last;
  }
}

class WalksUpwards extends KeySet {
  override scan(cursor: number, count: number, visit: (key: string, index: number) => void): number {
    const end = Math.min(this.size, cursor + count);
    for (let index = cursor; index < end; index += 1) visit(this.keyAt(index), index);
    return end === this.size ? 0 : end;
  }
}

describe('KeySet', () => {
  test('behaves like a set, with consistent positions', () => {
    expectProperty(likeASet, () => new KeySet(), { 'map not updated': () => new ForgetsMovedKey() });
  });

  test('behaves like a set when it is spread over several Maps', () => {
    expectProperty(likeASet, () => new KeySet(16), {});
  });

  test('a scan visits every key present all the time, and ends', () => {
    expectProperty(scanIsComplete, () => new KeySet(), { 'scan from the start': () => new WalksUpwards() });
  });

  test('small sets keep insertion order over removals', () => {
    const set = new KeySet();
    for (const name of 'abcdefghijklmnop') set.add(name);
    set.delete('c');
    set.delete('j');
    const names: string[] = [];
    set.forEachKey((name) => names.push(name));
    expect(names.join('')).toBe('abdefghiklmnop');
  });

  test('a position outside is refused by name', () => {
    expect(() => new KeySet().keyAt(0)).toThrow('No key at position 0: the size is 0');
  });
});

function likeAMap(make: () => HashTable<number>) {
  return fc.property(fc.nat(300), fc.array(act, { maxLength: 300 }), (prefill, acts) => {
    const table = make();
    const oracle = new Map<string, number>();
    for (let n = 0; n < prefill; n += 1) {
      table.set(`k${n}`, n);
      oracle.set(`k${n}`, n);
    }
    for (const { kind, key, at } of acts) {
      if (kind === 'add') {
        expect(table.set(key, at)).toBe(!oracle.has(key));
        oracle.set(key, at);
      } else {
        expect(table.delete(key)).toBe(oracle.delete(key));
      }
    }
    expect(table.size).toBe(oracle.size);
    for (const [name, value] of oracle) expect(table.get(name)).toBe(value);
    table.forEach((value, name) => {
      expect(oracle.get(name)).toBe(value);
    });
  });
}

class MixesValues extends HashTable<number> {
  override deleteAt(index: number): void {
    super.deleteAt(index);
    if (this.size > 150 && index < this.size) this.replaceAt(index, this.valueAt(index) + 1);
  }
}

describe('HashTable', () => {
  test('behaves like a Map, over removals and several Maps', () => {
    expectProperty(likeAMap, () => new HashTable<number>(), { 'wrong value moved': () => new MixesValues() });
    expectProperty(likeAMap, () => new HashTable<number>(16), {});
  });
});
