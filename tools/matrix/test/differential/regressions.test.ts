import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { regressionCases } from './regression-cases.js';
import { type BlockingScenario, openBlockingSide, runBlocking } from './support/blocking.js';
import type { Outcome } from './support/outcome.js';
import { type Program, type Step, wordsOf } from './support/program.js';
import { runProgram, type Side } from './support/side.js';
import { haveReference, openMemory, openReference } from './support/sides.js';

const send = (line: string): Step => ({ do: 'send', words: wordsOf(line) });
const elsewhere = (line: string): Step => ({ do: 'send', words: wordsOf(line), lane: 1 });

/** Cases that need a second connection. */
const watchCases: readonly { name: string; program: Program; last: Outcome }[] = [
  {
    name: 'SETBIT of a bit that is set already breaks no transaction',
    program: [
      send('SET k W'),
      send('WATCH k'),
      elsewhere('SETBIT k 5 1'),
      { do: 'transaction', commands: [wordsOf('GET k')] },
    ],
    last: ['W'],
  },
  {
    name: 'BITFIELD that writes what is there breaks no transaction',
    program: [
      send('SET k W'),
      send('WATCH k'),
      elsewhere('BITFIELD k SET u8 0 87'),
      { do: 'transaction', commands: [wordsOf('GET k')] },
    ],
    last: ['W'],
  },
  ...[
    'XGROUP CREATE k h 0',
    'XGROUP SETID k g 0',
    'XGROUP CREATECONSUMER k g d',
    'XREADGROUP GROUP g e STREAMS k >',
    'XCLAIM k g d 0 1-1',
    'XAUTOCLAIM k g d 0 0',
    'XACK k g 1-1',
    'XGROUP DELCONSUMER k g c',
    'XGROUP DESTROY k g',
    'XSETID k 9-9',
  ].map((line) => ({
    name: `${line} breaks no transaction: groups are no part of what is watched`,
    program: [
      send('XADD k 1-1 f v'),
      send('XADD k 2-1 f v'),
      send('XGROUP CREATE k g 0'),
      send('XREADGROUP GROUP g c COUNT 1 STREAMS k >'),
      send('WATCH k'),
      elsewhere(line),
      { do: 'transaction' as const, commands: [wordsOf('XLEN k')] },
    ],
    last: [2],
  })),
];

/** Cases with connections that wait. */
const blockingCases: readonly { name: string; scenario: BlockingScenario; answers: readonly Outcome[] }[] = [
  {
    name: 'SWAPDB takes a stream away from those who wait in its group',
    scenario: {
      before: ['XGROUP CREATE k g 0 MKSTREAM'].map(wordsOf),
      waiting: ['XREADGROUP GROUP g c BLOCK 0 STREAMS k >'].map(wordsOf),
      after: ['SWAPDB 0 1'].map(wordsOf),
    },
    answers: [{ ok: 'OK' }, { ok: 'OK' }, 0, { error: 'UNBLOCKED the stream key no longer exists' }],
  },
  {
    name: 'a result stored over a key that is there already serves nobody',
    scenario: {
      before: ['ZADD a 0 m'].map(wordsOf),
      waiting: ['BZPOPMIN k 0'].map(wordsOf),
      after: ['SET k x', 'ZUNIONSTORE k 1 a'].map(wordsOf),
    },
    answers: [1, { ok: 'OK' }, 1, 1, null],
  },
];

function regressions(open: () => Promise<Side>): void {
  let side: Side;
  beforeAll(async () => {
    side = await open();
  });
  afterAll(() => side.close());

  it.each(regressionCases)('$name', async ({ commands }) => {
    const replies = await runProgram(
      side,
      commands.map(([line]) => send(line)),
    );
    expect(commands.map(([line], i) => [line, replies[i]])).toEqual(commands);
  });

  it.each(watchCases)('$name', async ({ program, last }) => {
    expect((await runProgram(side, program)).at(-1)).toEqual(last);
  });

  it.each(blockingCases)('$name', async ({ scenario, answers }) => {
    expect(await runBlocking(await openBlockingSide(side), scenario)).toEqual(answers);
  });
}

describe('what once differed, on the engine', () => regressions(openMemory));

describe.skipIf(!haveReference)('what once differed, on Redis 7.0 itself', () => regressions(openReference));
