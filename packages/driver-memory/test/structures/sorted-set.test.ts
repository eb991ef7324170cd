import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LexBound, ScoreBound } from '../../src/structures/sorted-set/bounds.js';
import { type RankRange, SortedSet } from '../../src/structures/sorted-set/sorted-set.js';
import { expectProperty } from './property.js';

type Pair = [member: string, score: number];

const score = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: 0, max: 3000 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const member = fc.oneof(
  fc.nat(600).map((n) => `m${n}`),
  fc.array(fc.nat(255), { maxLength: 3 }).map((bytes) => String.fromCharCode(...bytes)),
);
const act = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('set' as const), member, score) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('delete' as const), member, score) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('popMinimum' as const, 'popMaximum' as const), member, score),
  },
);

function sorted(oracle: Map<string, number>): Pair[] {
  return [...oracle].sort(([m1, s1], [m2, s2]) => (s1 === s2 ? (m1 < m2 ? -1 : 1) : s1 < s2 ? -1 : 1));
}

function fill(set: SortedSet, size: number): Map<string, number> {
  const oracle = new Map<string, number>();
  for (let n = 0; n < size; n += 1) {
    const value = (n * 7919) % 2003;
    set.set(`m${n}`, value);
    oracle.set(`m${n}`, value);
  }
  return oracle;
}

function likeASortedArray(make: () => SortedSet) {
  const size = fc.oneof(fc.constant(0), fc.nat(60), fc.constantFrom(500, 6000));
  return fc.property(
    size,
    fc.array(act, { maxLength: 150 }),
    score,
    score,
    fc.nat(),
    fc.nat(20),
    (prefill, acts, a, b, at, count) => {
      const set = make();
      const oracle = fill(set, prefill);
      for (const [kind, name, value] of acts) {
        if (kind === 'set') {
          const old = oracle.get(name);
          expect(set.set(name, value)).toBe(old === undefined ? 'added' : old === value ? 'same' : 'changed');
          if (old !== value) oracle.set(name, value);
        } else if (kind === 'delete') {
          expect(set.delete(name)).toBe(oracle.delete(name));
        } else {
          const order = sorted(oracle);
          const gone = kind === 'popMinimum' ? order.slice(0, 2) : order.slice(-2).reverse();
          expect(set[kind](2).map(({ member, score }) => [member, score])).toEqual(gone);
          for (const [gonePlace] of gone) oracle.delete(gonePlace);
        }
      }
      const order = sorted(oracle);
      const all: Pair[] = [];
      set.forEach((name, value) => void all.push([name, value]));
      expect(all).toEqual(order);
      expect(set.size).toBe(order.length);
      for (let rank = 0; rank < order.length; rank += Math.max(1, order.length >> 5)) {
        const [name, value] = order[rank]!;
        expect(set.rank(name)).toBe(rank);
        expect(Object.is(set.score(name), value)).toBe(true);
        expect(set.at(rank)).toEqual({ member: name, score: value });
      }
      expect(set.rank('absent')).toBeUndefined();
      for (const exclusive of [true, false]) {
        const minimum: ScoreBound = { score: Math.min(a, b), exclusive };
        const maximum: ScoreBound = { score: Math.max(a, b), exclusive };
        const inside = ([, s]: Pair) =>
          exclusive ? s > minimum.score && s < maximum.score : s >= minimum.score && s <= maximum.score;
        const wanted = order.filter(inside);
        const range = set.rangeByScore(minimum, maximum);
        expect(range.to - range.from).toBe(wanted.length);
        const offset = at % (wanted.length + 2);
        const read = (reverse: boolean) =>
          set.slice(range, { reverse, offset, count }).map((pair): Pair => [pair.member, pair.score]);
        expect(read(false)).toEqual(wanted.slice(offset, offset + count));
        expect(read(true)).toEqual([...wanted].reverse().slice(offset, offset + count));
      }
    },
  );
}

function lexRangesMatch(make: () => SortedSet) {
  const bound = fc.oneof(
    fc.constantFrom<LexBound>('-', '+'),
    fc.record({ member, exclusive: fc.boolean() }) as fc.Arbitrary<LexBound>,
  );
  return fc.property(
    fc.uniqueArray(member, { maxLength: 200 }),
    bound,
    bound,
    (members, minimum, maximum) => {
      const set = make();
      for (const name of members) set.set(name, 1);
      const above = (name: string) =>
        minimum === '-' ||
        (minimum !== '+' && (minimum.exclusive ? name > minimum.member : name >= minimum.member));
      const below = (name: string) =>
        maximum === '+' ||
        (maximum !== '-' && (maximum.exclusive ? name < maximum.member : name <= maximum.member));
      const wanted = [...members]
        .sort((x, y) => (x < y ? -1 : 1))
        .filter((name) => above(name) && below(name));
      expect(set.slice(set.rangeByLex(minimum, maximum)).map((pair) => pair.member)).toEqual(wanted);
    },
  );
}

class LosesTies extends SortedSet {
  override set(name: string, value: number): 'added' | 'changed' | 'same' {
    return super.set(name, value === 3 && this.size > 40 ? 3.0000001 : value);
  }
}

class ForgetsExclusive extends SortedSet {
  override rangeByScore(minimum: ScoreBound, maximum: ScoreBound): RankRange {
    return super.rangeByScore(minimum, { ...maximum, exclusive: false });
  }
}

class CutsLexEnd extends SortedSet {
  override rangeByLex(minimum: LexBound, maximum: LexBound): RankRange {
    return super.rangeByLex(minimum, maximum === '+' ? { member: '\u00ff', exclusive: true } : maximum);
  }
}

describe('SortedSet', () => {
  test('behaves like a sorted array', () => {
    const planted = {
      'score changed': () => new LosesTies(),
      'bound always inclusive': () => new ForgetsExclusive(),
    };
    expectProperty(likeASortedArray, () => new SortedSet(), planted, 120);
  });

  test('ranges by member bytes', () => {
    expectProperty(lexRangesMatch, () => new SortedSet(), { 'end cut': () => new CutsLexEnd() }, 300);
  });

  test('stays right while 20,000 members come, move and go', () => {
    const set = new SortedSet();
    const oracle = fill(set, 20_000);
    for (let n = 0; n < 20_000; n += 3) {
      set.set(`m${n}`, n % 911);
      oracle.set(`m${n}`, n % 911);
    }
    for (let n = 0; n < 20_000; n += 2) {
      set.delete(`m${n}`);
      oracle.delete(`m${n}`);
    }
    const order = sorted(oracle);
    expect(set.slice({ from: 0, to: set.size }).map(({ member }) => member)).toEqual(
      order.map(([name]) => name),
    );
    order.forEach(([name], rank) => {
      if (set.rank(name) !== rank) expect(set.rank(name), name).toBe(rank);
    });
    expect(set.removeRange({ from: 10, to: 9000 })).toHaveLength(8990);
    expect(set.slice({ from: 0, to: set.size }).map(({ member }) => member)).toEqual(
      [...order.slice(0, 10), ...order.slice(9000)].map(([name]) => name),
    );
  });

  test('index ranges count from either end', () => {
    const set = new SortedSet();
    for (const name of 'abcde') set.set(name, 0);
    const read = (start: number, stop: number, reverse: boolean) =>
      set
        .slice(set.rangeByIndex(start, stop, reverse), { reverse })
        .map(({ member }) => member)
        .join('');
    expect(read(0, -1, false)).toBe('abcde');
    expect(read(-2, -1, false)).toBe('de');
    expect(read(0, 1, true)).toBe('ed');
    expect(read(-2, 100, true)).toBe('ba');
    expect(read(3, 1, false)).toBe('');
    expect(read(-100, -6, false)).toBe('');
  });

  test('a scan visits all members, small and large', () => {
    for (const size of [5, 500]) {
      const set = new SortedSet();
      const oracle = fill(set, size);
      const seen = new Map<string, number>();
      let cursor = 0;
      do cursor = set.scan(cursor, 7, (name, value) => seen.set(name, value));
      while (cursor !== 0);
      expect(seen).toEqual(oracle);
    }
  });

  test('NaN is refused', () => {
    expect(() => new SortedSet().set('a', Number.NaN)).toThrow('must be a number, got NaN');
  });
});
