import { expect, it } from 'vitest';
import { median, percentile, spread } from '../src/measure/statistics.js';

it('the median is the middle one, or the mean of the two in the middle, in whatever order they come', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 2, 1, 4])).toBe(3);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

it('numbers are ordered as numbers', () => {
  expect(median([100, 9, 20])).toBe(20);
  expect(spread([100, 9, 20, 30])).toBe((30 - 9) / 2 / 25);
});

it('a percentile is the nearest rank: one of the values, below or at which that share lies', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([0.5, 0.99, 0.991, 1].map((share) => percentile(hundred, share))).toEqual([50, 99, 100, 100]);
  expect(percentile([3], 0.99)).toBe(3);
  expect(percentile([], 0.5)).toBeNaN();
});

it('the spread is half of what lies between the quartiles, of the median: an outlier does not count', () => {
  expect(spread([10, 10, 10, 10])).toBe(0);
  expect(spread([8, 10, 10, 12])).toBe((10 - 8) / 2 / 10);
  expect(spread([8, 9, 10, 11, 1000])).toBe((11 - 9) / 2 / 10);
});
