import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stableEquals } from './support/equal-items.js';
import type { Outcome } from './support/outcome.js';
import type { Words } from './support/program.js';
import { compareMany, type Sides } from './support/run-property.js';
import type { Tampering } from './support/side.js';
import { haveReference, openMemory, openReference } from './support/sides.js';
import { suites } from './support/suites.js';

/** An engine that does not know these options of a command. */
function forgets(command: string, ...options: readonly string[]): Tampering {
  return {
    words: ([name, ...rest]) => [name, ...rest.filter((word) => name !== command || !options.includes(word))],
  };
}

/** An engine that changes the words of one command. */
function changes(command: string, change: (rest: string[]) => Words): Tampering {
  return { words: (words) => (words[0] === command ? change(words.slice(1)) : words) };
}

/** Members with equal scores in the wrong order. */
function reversedTies(outcome: Outcome, words: Words): Outcome {
  if (words[0] !== 'ZRANGE' || !words.includes('WITHSCORES') || !Array.isArray(outcome)) return outcome;
  const result: Outcome[] = [];
  for (let from = 0; from < outcome.length; ) {
    let to = from + 2;
    while (to < outcome.length && outcome[to + 1] === outcome[from + 1]) to += 2;
    for (let i = to - 2; i >= from; i -= 2) result.push(outcome[i] as Outcome, outcome[i + 1] as Outcome);
    from = to;
  }
  return result;
}

/** For each suite a bug that it must find. Those that change words leave the reply itself as it was. */
const planted: Readonly<Record<string, { readonly bug: string; readonly tampering: Tampering }>> = {
  strings: { bug: 'SET forgets XX', tampering: forgets('SET', 'XX') },
  bitmaps: { bug: 'BITCOUNT counts bytes when told bits', tampering: forgets('BITCOUNT', 'BIT') },
  keys: { bug: 'EXPIRE forgets GT', tampering: forgets('EXPIRE', 'GT') },
  hashes: {
    bug: 'HSETNX overwrites',
    tampering: changes('HSETNX', (rest) => ['HSET', ...rest]),
  },
  lists: {
    bug: 'LINSERT inserts before',
    tampering: changes('LINSERT', (rest) => [
      'LINSERT',
      ...rest.map((word) => (word === 'AFTER' ? 'BEFORE' : word)),
    ]),
  },
  sets: {
    bug: 'SDIFFSTORE takes the first set whole',
    tampering: changes('SDIFFSTORE', ([to = '', from = '']) => ['SDIFFSTORE', to, from]),
  },
  geo: {
    bug: 'GEODIST takes every unit for metres',
    tampering: changes('GEODIST', ([key = '', from = '', to = '']) => ['GEODIST', key, from, to]),
  },
  hyperloglogs: {
    bug: 'PFMERGE leaves out the destination',
    tampering: {
      words: (words) =>
        words[0] === 'PFMERGE' ? ['PFMERGE', ...words.slice(2, 3), ...words.slice(2)] : words,
    },
  },
  'sorted sets': { bug: 'ZRANGE turns ties round', tampering: { outcome: reversedTies } },
  'lexical ranges': {
    bug: 'an open bound is taken as a closed one',
    tampering: changes('ZRANGEBYLEX', (rest) => [
      'ZRANGEBYLEX',
      ...rest.map((word) => word.replace(/^\((.)/, '[$1')),
    ]),
  },
  'large collections': {
    bug: 'a large set loses its last member',
    tampering: {
      outcome: (outcome, [name]) =>
        name === 'SCARD' && Number(outcome) > 500 ? Number(outcome) - 1 : outcome,
    },
  },
  streams: { bug: 'XREADGROUP forgets NOACK', tampering: forgets('XREADGROUP', 'NOACK') },
  sorting: { bug: 'SORT forgets DESC', tampering: forgets('SORT', 'DESC') },
  messages: {
    bug: 'an unknown command is not named',
    tampering: {
      outcome: (outcome, [name]) => (name === 'NOSUCHCOMMAND' ? { error: 'ERR unknown command' } : outcome),
    },
  },
  mixed: {
    bug: 'RPUSH pushes at the left',
    tampering: changes('RPUSH', (rest) => ['LPUSH', ...rest]),
  },
  transactions: { bug: 'WATCH watches nothing', tampering: changes('WATCH', () => ['UNWATCH']) },
  'commands in scripts': {
    bug: 'redis.call goes on after an error',
    tampering: changes('EVAL', ([script = '', ...rest]) => [
      'EVAL',
      script.replace('redis.call', 'redis.pcall'),
      ...rest,
    ]),
  },
  'equal items': { bug: 'equals stay as they were', tampering: stableEquals },
  'keys that end': {
    bug: 'PEXPIRE does nothing',
    tampering: changes('PEXPIRE', ([key = '', ...rest]) =>
      rest[0] === '1' ? ['EXISTS', key] : ['PEXPIRE', key, ...rest],
    ),
  },
};

describe.skipIf(!haveReference)('a planted bug is found, and its program shrunk', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  it.each(suites)('$name', { timeout: 30_000 }, async ({ name, programs, numRuns }) => {
    const { bug, tampering } = planted[name] ?? {};
    expect(tampering, `a bug for ${name}`).toBeDefined();
    const { difference } = await compareMany(sides, programs, numRuns, tampering);
    expect(difference, bug).toBeDefined();
    expect(difference?.program.length, bug).toBeLessThan(12);
  });
});
