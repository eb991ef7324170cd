import { expect, it } from 'vitest';
import { cases } from '../src/cases/cases.js';
import { chooseCases } from '../src/choose-cases.js';

const few = [
  { name: 'streams/append' },
  { name: 'streams/append-many' },
  { name: 'memory/get' },
  { name: 'memory/million', thorough: true },
  { name: 'leaderboard/memory' },
];
const chosen = (only: readonly string[], quick = false): string[] =>
  chooseCases(few, { only, quick }).map(({ name }) => name);

it('a name chooses its case alone, with a star all that begin so', () => {
  expect(chosen(['streams/append'])).toEqual(['streams/append']);
  expect(chosen(['streams/append*'])).toEqual(['streams/append', 'streams/append-many']);
  expect(chosen(['streams/append', 'memory/get'])).toEqual(['streams/append', 'memory/get']);
});

it('a folder chooses what is in it, with its slash or without, and a part of a name all that have it', () => {
  expect(chosen(['memory'])).toEqual(['memory/get', 'memory/million']);
  expect(chosen(['memory/'])).toEqual(['memory/get', 'memory/million']);
  expect(chosen(['mem'])).toEqual(['memory/get', 'memory/million', 'leaderboard/memory']);
  expect(chosen(['nothing'])).toEqual([]);
});

it('without a name all are chosen; a quick run has a thorough one only if it is named in full', () => {
  expect(chosen([])).toHaveLength(few.length);
  expect(chosen([], true)).not.toContain('memory/million');
  expect(chosen(['memory/mil*'], true)).toEqual([]);
  expect(chosen(['memory/million'], true)).toEqual(['memory/million']);
});

it('no two cases have one name, and what the drivers cost is measured in processes of their own', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  const drivers = chooseCases(cases, { only: ['driver'], quick: false });
  expect(drivers).toHaveLength(10);
  expect(drivers.filter((one) => !('apart' in one))).toEqual([]);
});
