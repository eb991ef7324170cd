import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExpiryIndex } from '../../src/structures/expiry/expiry-index.js';
import { expectProperty } from './property.js';

const act = fc.record({
  kind: fc.constantFrom('set', 'set', 'set', 'delete', 'advance' as const),
  key: fc.nat(60).map((n) => `k${n}`),
  time: fc.nat(1000),
});

function likeATableOfDeadlines(make: () => ExpiryIndex) {
  return fc.property(fc.array(act, { maxLength: 400 }), (acts) => {
    const index = make();
    const oracle = new Map<string, number>();
    for (const { kind, key, time } of acts) {
      if (kind === 'set') {
        index.set(key, time);
        oracle.set(key, time);
      } else if (kind === 'delete') {
        expect(index.delete(key)).toBe(oracle.delete(key));
      } else {
        const now = Math.min(...oracle.values()) + (time % 50);
        const due: string[] = [];
        let last = Number.NEGATIVE_INFINITY;
        for (let taken = index.takeDue(now); taken !== undefined; taken = index.takeDue(now)) {
          expect(taken.deadlineMs).toBe(oracle.get(taken.key));
          expect(taken.deadlineMs).toBeGreaterThanOrEqual(last);
          last = taken.deadlineMs;
          due.push(taken.key);
        }
        const wanted = [...oracle].filter(([, deadline]) => deadline <= now).map(([name]) => name);
        expect(due.sort()).toEqual(wanted.sort());
        for (const name of wanted) oracle.delete(name);
      }
      expect(index.heapSize).toBeLessThanOrEqual(2 * index.size + 64);
      expect(index.size).toBe(oracle.size);
    }
    expect(index.next()?.deadlineMs).toBe(oracle.size === 0 ? undefined : Math.min(...oracle.values()));
  });
}

class IgnoresEarlier extends ExpiryIndex {
  override set(key: string, deadlineMs: number): void {
    super.set(key, Math.max(deadlineMs, this.deadline(key) ?? 0));
  }
}

describe('ExpiryIndex', () => {
  test('yields what is due, in order, with bounded garbage', () => {
    expectProperty(likeATableOfDeadlines, () => new ExpiryIndex(), {
      'earlier ignored': () => new IgnoresEarlier(),
    });
  });

  test('a session refreshed a million times leaves one heap entry', () => {
    const index = new ExpiryIndex();
    for (let n = 0; n < 1_000_000; n += 1) index.set('session', n);
    expect(index.heapSize).toBe(1);
    expect(index.next()).toEqual({ key: 'session', deadlineMs: 999_999 });
  });

  test('NaN is refused by name', () => {
    expect(() => new ExpiryIndex().set('a', Number.NaN)).toThrow(
      'The deadline of "a" must be a number, got NaN',
    );
  });
});
