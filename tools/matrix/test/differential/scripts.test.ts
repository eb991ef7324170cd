import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpus } from '../../../../packages/lua/test/corpus/index.js';
import {
  arbitraryScript,
  arbitraryTableScript,
} from '../../../../packages/lua/test/support/arbitrary-script.js';
import type { Outcome } from './support/outcome.js';
import type { Program, Step } from './support/program.js';
import { exact } from './support/rules.js';
import { compareMany, expectEqual, fullTier, type Sides } from './support/run-property.js';
import { runProgram } from './support/side.js';
import { haveReference, openMemory, openReference } from './support/sides.js';

/** Several scripts a program, to send them at once. */
const lua: fc.Arbitrary<Program> = fc.array(
  fc
    .oneof({ weight: 4, arbitrary: arbitraryScript }, { weight: 1, arbitrary: arbitraryTableScript })
    .map((source): Step => ({ do: 'send', words: ['EVAL', source, '0'] })),
  { minLength: 1, maxLength: 10, size: 'max' },
);

describe.skipIf(!haveReference)('Lua runs as on Redis 7.0', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  it.each(Object.entries(corpus))('recorded scripts: %s', async (_topic, cases) => {
    const different: { script: string; reference: Outcome; memory: Outcome }[] = [];
    const program = cases.map(
      ({ script, keys, argv }): Step => ({
        do: 'send',
        words: ['EVAL', script, String(keys.length), ...keys, ...argv],
      }),
    );
    const [expected, actual] = await Promise.all([
      runProgram(sides.reference, program),
      runProgram(sides.memory, program),
    ]);
    for (const [i, { script }] of cases.entries()) {
      const [reference, memory] = [expected[i] as Outcome, actual[i] as Outcome];
      if (!exact(reference, memory)) different.push({ script, reference, memory });
    }
    expect(different).toEqual([]);
    expect(cases.length).toBeGreaterThan(10);
  });

  it('generated scripts', { timeout: fullTier ? 600_000 : 30_000 }, async () => {
    expect(await expectEqual(sides, lua, 80)).toBeGreaterThan(200);
  });

  it('a planted bug is found: a script sees its numbers rounded', async () => {
    const { difference } = await compareMany(sides, lua, 150, {
      outcome: (outcome) =>
        Array.isArray(outcome)
          ? outcome.map((item) => (/^\d+\.\d+$/.test(item) ? item.split('.')[0] : item))
          : outcome,
    });
    expect(difference).toBeDefined();
  });
});
