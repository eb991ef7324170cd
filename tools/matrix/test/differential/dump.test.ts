import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { families } from './families/index.js';
import { programsOf } from './support/family.js';
import { isFailure, type Outcome } from './support/outcome.js';
import { type Program, type Step, type Words, wordsOf } from './support/program.js';
import { exact, ruleFor } from './support/rules.js';
import { runs, type Sides, seed } from './support/run-property.js';
import { ask, runProgram, type Side, type Tampering } from './support/side.js';
import { haveReference, openMemory, openReference } from './support/sides.js';

const keys = ['k1', 'k2', 'k3', 'k4'];

/** All that a key holds, in the order the side gives it. */
async function contentsOf(side: Side, key: string): Promise<readonly { words: Words; outcome: Outcome }[]> {
  const questions: readonly Words[] = [
    ['TYPE', key],
    ['OBJECT', 'ENCODING', key],
    ['GET', key],
    ['LRANGE', key, '0', '-1'],
    ['HGETALL', key],
    ['SMEMBERS', key],
    ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    ['XINFO', 'STREAM', key, 'FULL', 'COUNT', '0'],
    ['XRANGE', key, '-', '+'],
  ];
  return Promise.all(questions.map(async (words) => ({ words, outcome: await ask(side.lanes[0], words) })));
}

/**
 * Carries a key from one side to both under a new name, and looks whether it holds the same there. The copies are kept alike on
 * both: what does not travel (that a hash was large once, how the bytes of a string came together), does not for the server either.
 */
async function carry(
  from: Side,
  { reference, memory }: Sides,
  key: string,
  planted?: Tampering,
): Promise<void> {
  const payload = await ask(from.lanes[0], ['DUMP', key]);
  if (payload === null) return;
  const [original, ...copies] = await Promise.all([
    contentsOf(from, key),
    ...[reference, memory].map(async (to) => {
      const bug = to === memory ? planted : undefined;
      const restore: Words = ['RESTORE', 'carried', '0', payload as string, 'REPLACE'];
      const restored = await ask(to.lanes[0], restore, bug);
      expect(restored, `DUMP of ${key}`).toEqual({ ok: 'OK' });
      return contentsOf(to, 'carried');
    }),
  ]);
  original.forEach(({ words, outcome }, i) => {
    // Holes of deleted entries do not travel, nor does the shape of the tree.
    if (words[0] === 'XINFO') return;
    const [expected, actual] = copies.map((copy) => copy[i]?.outcome) as [Outcome, Outcome];
    expect(
      ruleFor(words)(expected, actual),
      `${words.join(' ')}: ${JSON.stringify([expected, actual])}`,
    ).toBe(true);
    if (words[0] === 'OBJECT') return;
    expect(ruleFor(words)(outcome, actual), `${words.join(' ')}: ${JSON.stringify([outcome, actual])}`).toBe(
      true,
    );
  });
}

/** Where the engine once kept the encoding of the original, which the server judges anew. */
const knownPrograms: readonly (readonly string[])[] = [
  ['INCRBYFLOAT k3 0'],
  ['SET k2 10', 'BITOP AND k1 k2'],
  [`HSET k1 a ${'L'.repeat(65)}`, 'HSET k1 a x'],
  ['SADD k1 a 2', 'SREM k1 a'],
  [`ZADD k3 -0 ${'m'.repeat(65)} 1 n`, `ZREM k3 ${'m'.repeat(65)}`],
];
const examples = knownPrograms.map((lines): [Program] => [
  lines.map((line): Step => ({ do: 'send', words: wordsOf(line) })),
]);

describe.skipIf(!haveReference)('DUMP and RESTORE between the engine and Redis 7.0', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  it.each(families.filter(({ name }) => !/messages|sorting/.test(name)))('$name', async (family) => {
    const { reference, memory } = sides;
    await fc.assert(
      fc.asyncProperty(programsOf(family, 30), async (program) => {
        await Promise.all([runProgram(reference, program), runProgram(memory, program)]);
        for (const key of keys) {
          await carry(memory, sides, key);
          await carry(reference, sides, key);
        }
      }),
      { seed, numRuns: runs(8), examples },
    );
  });

  it('planted bug: an engine that restores a list without its last item is found', async () => {
    const { memory } = sides;
    await ask(memory.lanes[0], ['FLUSHALL']);
    await ask(memory.lanes[0], ['RPUSH', 'short', 'a', 'b']);
    await ask(memory.lanes[0], ['RPUSH', 'k1', 'a', 'b', 'c']);
    await carry(memory, sides, 'k1');
    const short = (await ask(memory.lanes[0], ['DUMP', 'short'])) as string;
    const forgetful: Tampering = {
      words: ([name, ...rest]) => (name === 'RESTORE' ? [name, ...rest.with(2, short)] : [name, ...rest]),
    };
    await expect(carry(memory, sides, 'k1', forgetful)).rejects.toThrow(/LRANGE/);
  });

  it('payloads that were changed are refused, and never crash', async () => {
    const { memory } = sides;
    await ask(memory.lanes[0], ['FLUSHALL']);
    const fill: readonly Words[] = [
      ['SET', 'k1', 'text'],
      ['RPUSH', 'k2', 'a', '1', 'b'.repeat(300)],
      ['XADD', 'k3', '1-1', 'a', 'b'],
      ['XGROUP', 'CREATE', 'k3', 'g', '0'],
      ['XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'k3', '>'],
      ['ZADD', 'k4', '1', 'a', '2.5', 'b'],
    ];
    for (const words of fill) await ask(memory.lanes[0], words);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), fc.nat(), fc.nat(255), async (key, at, byte) => {
        const payload = (await ask(memory.lanes[0], ['DUMP', key])) as string;
        const place = at % payload.length;
        const changed = payload.slice(0, place) + String.fromCharCode(byte) + payload.slice(place + 1);
        if (changed === payload) return;
        const answer = await ask(memory.lanes[0], ['RESTORE', 'copy', '0', changed, 'REPLACE']);
        expect(isFailure(answer) && answer.error).toBe('ERR DUMP payload version or checksum are wrong');
        refused++;
      }),
      { seed, numRuns: runs(100) },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('errors of RESTORE', async () => {
    const payload = (await ask(sides.memory.lanes[0], ['DUMP', 'k1'])) as string;
    const calls: readonly Words[] = [
      ['FLUSHALL'],
      ['RESTORE', 'a', '-1', payload],
      ['RESTORE', 'a', 'x', payload],
      ['RESTORE', 'a', '0', payload.slice(1)],
      ['RESTORE', 'a', '0', 'short'],
      ['RESTORE', 'a', '0', payload, 'IDLETIME', '-1'],
      ['RESTORE', 'a', '0', payload, 'FREQ', '256'],
      ['RESTORE', 'a', '0', payload, 'XX'],
      ['RESTORE', 'a', '0', payload],
      ['RESTORE', 'a', '0', payload],
      ['RESTORE', 'a', '1', payload, 'REPLACE', 'ABSTTL'],
      ['EXISTS', 'a'],
      ['RESTORE', 'a', '100000', payload, 'IDLETIME', '5'],
      ['OBJECT', 'IDLETIME', 'a'],
      ['DUMP', 'nothing'],
    ];
    for (const words of calls) {
      const expected = await ask(sides.reference.lanes[0], words);
      expect(exact(expected, await ask(sides.memory.lanes[0], words)), words.join(' ')).toBe(true);
    }
  });
});
