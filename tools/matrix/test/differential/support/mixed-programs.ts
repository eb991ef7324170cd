import fc from 'fast-check';
import { mixed } from '../families/index.js';
import { callsOf, type Family } from './family.js';
import type { Program, Step, Words } from './program.js';
import { exact, ruleFor } from './rules.js';
import { commandForm } from './template.js';

/** Calls of all families whose answers are compared exactly: no chance, no open order, no time. */
const exactCalls: fc.Arbitrary<Words> = callsOf(mixed).filter(
  // Sizes may count keys that are past their time; a queue of commands shows in the number of references.
  (words) => ruleFor(words) === exact && words[0] !== 'DBSIZE' && words[1] !== 'REFCOUNT',
);

/** What would wait, were it not in a transaction. */
const blockingCalls = fc.oneof(
  ...[
    'BLPOP key key * 0',
    'BRPOP key key * 0',
    'BLMOVE key key ( LEFT | RIGHT ) ( LEFT | RIGHT ) 0',
    'BRPOPLPUSH key key ( 0 | 0.5 | -1 | x )',
    'BLMPOP ( 0 | -1 | x ) numkeys key key ( LEFT | RIGHT ) ( COUNT count ) ?',
    'BZPOPMIN key key * 0',
    'BZPOPMAX key key * ( 0 | x )',
    'BZMPOP 0 2 key key ( MIN | MAX ) ( COUNT count ) ?',
    'XREAD BLOCK ( 0 | -1 | x ) STREAMS key id',
    'XREADGROUP GROUP group consumer BLOCK 0 STREAMS key >',
  ].map(commandForm),
);

const watch = commandForm('WATCH key key *');

/** Transactions with watched keys, which a second connection writes to now and then. */
export const transactionPrograms: fc.Arbitrary<Program> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: callsOf(mixed).map((words): Step => ({ do: 'send', words })) },
    {
      weight: 4,
      arbitrary: fc
        .array(fc.oneof({ weight: 5, arbitrary: exactCalls }, { weight: 1, arbitrary: blockingCalls }), {
          minLength: 1,
          maxLength: 5,
        })
        .map((commands): Step => ({ do: 'transaction', commands })),
    },
    { weight: 3, arbitrary: watch.map((words): Step => ({ do: 'send', words })) },
    { weight: 3, arbitrary: exactCalls.map((words): Step => ({ do: 'send', words, lane: 1 })) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'send', words: ['UNWATCH'] }) },
  ),
  { minLength: 1, maxLength: 25, size: 'max' },
);

/** Runs the commands that ARGV holds, each after the number of its words, and answers with all replies. */
const commandRunner = (call: 'call' | 'pcall'): string =>
  [
    'local replies, at = {}, 1',
    'while at <= #ARGV do',
    'local words = {}',
    'for i = 1, tonumber(ARGV[at]) do words[i] = ARGV[at + i] end',
    `replies[#replies + 1] = redis.${call}(unpack(words)) or 'none'`,
    'at = at + #words + 1',
    'end',
    'return replies',
  ].join(' ');

/** Commands run by scripts: the first error ends the script, or is part of its answer. */
export const scriptPrograms: fc.Arbitrary<Program> = fc.array(
  fc
    .oneof(
      { weight: 1, arbitrary: callsOf(mixed) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.constantFrom('EVAL', 'EVAL', 'EVAL', 'EVAL_RO'),
            fc.constantFrom('call', 'pcall', 'pcall'),
            fc.array(exactCalls, { minLength: 1, maxLength: 4 }),
          )
          .map(([name, call, commands]): Words => {
            const argv = commands.flatMap((words) => [String(words.length), ...words]);
            return [name, commandRunner(call as 'call' | 'pcall'), '0', ...argv];
          }),
      },
    )
    .map((words): Step => ({ do: 'send', words })),
  { minLength: 1, maxLength: 20, size: 'max' },
);

const soonGone: readonly string[] = [
  'SET key value PX 1',
  'PEXPIRE key 1',
  'PSETEX key 1 value',
  'GETEX key PX 1',
];

const timed: Family = { ...mixed, forms: mixed.forms.filter((form) => !form.startsWith('DBSIZE')) };

/** Whether a deadline may fall into the time that a program really takes: which of the two comes first says nothing. */
function endsAnyMoment(words: Words): boolean {
  const millis = /^PSETEX$|^PEXPIRE$/.test(words[0])
    ? words[2]
    : words[words.findIndex((word) => /^px$/i.test(word)) + 1];
  return Number(millis) > 1 && Number(millis) < 30_000;
}

/** Keys that end, and the time to see it: nothing looks at them between the two. */
export const timedPrograms: fc.Arbitrary<Program> = fc
  .array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: callsOf(timed)
          .filter((words) => !endsAnyMoment(words))
          .map((words): Step[] => [{ do: 'send', words }]),
      },
      {
        weight: 1,
        arbitrary: fc.oneof(...soonGone.map(commandForm)).map((words): Step[] => [
          { do: 'send', words },
          { do: 'wait', ms: 5 },
        ]),
      },
    ),
    { minLength: 1, maxLength: 30, size: 'max' },
  )
  .map((steps) => steps.flat());
