import { describe, expect, it } from 'vitest';
import { InvalidArgumentError, seededRandom } from '../src/index.js';

describe('seeded random', () => {
  it('repeats for a seed and differs between neighbouring seeds', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 8 }, () => random.fraction());
    };
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
    expect(draw(1)).not.toEqual(draw(1 + 2 ** 32));
    expect(draw(-1)).not.toEqual(draw(1));
  });

  it('gives fractions in [0, 1) that fill it evenly', () => {
    const random = seededRandom(7);
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      buckets[Math.floor(random.fraction() * 10)]! += 1;
    }
    expect(buckets).toHaveLength(10);
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('gives as many bytes as asked, every value among them', () => {
    const random = seededRandom(0);
    expect([0, 1, 3, 4, 7].map((length) => random.bytes(length).length)).toEqual([0, 1, 3, 4, 7]);
    expect(new Set(random.bytes(10_000)).size).toBe(256);
  });

  it.each([0.5, Number.NaN, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => seededRandom(seed)).toThrow(InvalidArgumentError);
  });
});
