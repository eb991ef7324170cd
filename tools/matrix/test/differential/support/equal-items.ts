import fc from 'fast-check';
import type { Outcome } from './outcome.js';
import type { Program, Step, Words } from './program.js';
import type { Tampering } from './side.js';

const places = [
  ['13.361389', '38.115556'],
  ['15.087269', '37.502669'],
  ['2.35', '48.85'],
  ['-122.4', '37.77'],
  ['151.2', '-33.86'],
] as const;

const send = (...words: Words): Step => ({ do: 'send', words });

/** Members at few places, the first of which are asked for. */
const nearest = fc
  .record({
    at: fc.array(fc.nat(places.length - 1), { minLength: 1, maxLength: 120 }),
    count: fc.integer({ min: 1, max: 125 }),
    order: fc.constantFrom('ASC', 'DESC'),
  })
  .map(({ at, count, order }): Program => {
    const found = (limit: number): Step =>
      send('GEORADIUS_RO', 'k', '2.35', '48.85', '20000', 'KM', 'COUNT', String(limit), order);
    const members = at.flatMap((place, i) => [...(places[place] as readonly string[]), `m${i}`]);
    return [send('GEOADD', 'k', ...members), found(count), found(Math.ceil(at.length / 2))];
  });

/** Items with few weights, some of which are asked for. */
const weighed = fc
  .record({
    weights: fc.array(fc.nat(4), { minLength: 1, maxLength: 120 }),
    offset: fc.nat(60),
    count: fc.nat(60),
    order: fc.constantFrom('ASC', 'DESC'),
  })
  .map(({ weights, offset, count, order }): Program => {
    const given = weights.flatMap((weight, i) => [`w_${i}`, `weight ${weight}`]);
    const limit = ['LIMIT', String(offset), String(count)];
    return [
      send('MSET', ...given),
      send('RPUSH', 'l', ...weights.map((_, i) => String(i))),
      send('SORT', 'l', 'BY', 'w_*', 'ALPHA', order, ...limit),
    ];
  });

/** Many items that compare as equal, where only a part is asked for: which of them, and in which order. */
export const equalItems: fc.Arbitrary<Program> = fc.tuple(nearest, weighed).map((parts) => parts.flat());

const limitOf = (words: Words): number => words.indexOf('COUNT');

/** Equals stay as they were: the whole is sorted, then cut. */
export const stableEquals: Tampering = {
  words: (words) => {
    const at = limitOf(words);
    return at < 0 ? words : (words.toSpliced(at, 2) as unknown as Words);
  },
  outcome: (outcome, words): Outcome => {
    const at = limitOf(words);
    return at < 0 || !Array.isArray(outcome) ? outcome : outcome.slice(0, Number(words[at + 1]));
  },
};
