import { isFailure, type Outcome } from './outcome.js';
import { type Program, type Step, shownProgram, type Words, wordsOf } from './program.js';
import { exact, keysOfItsOwn, ruleFor } from './rules.js';
import { runProgram, type Side, type Tampering } from './side.js';

/** Where the two sides first differed. */
export interface Difference {
  /** What had run until there, the differing step last. */
  readonly program: Program;
  readonly reference: Outcome;
  readonly memory: Outcome;
}

/** Adds a look at the size and DEL after what leaves the two sides different by right, so that they hold the same again. */
function prepared(program: Program): Program {
  return program.flatMap((step): Step[] => {
    if (step.do !== 'send') return [step];
    const send = (...words: Words): Step => ({ ...step, words });
    return [
      step,
      ...keysOfItsOwn(step.words).flatMap((key) => [
        send('SCARD', key),
        send('ZRANGE', key, '0', '-1'),
        send('DEL', key),
      ]),
    ];
  });
}

/** What every program ends with: a look at all that the keys hold. */
const lastLook: Program = ['k1', 'k2', 'k3', 'k4'].flatMap((key) =>
  [
    ...[`OBJECT ENCODING ${key}`, `PTTL ${key}`, `GET ${key}`, `LRANGE ${key} 0 -1`, `HGETALL ${key}`],
    ...[`SMEMBERS ${key}`, `ZRANGE ${key} 0 -1 WITHSCORES`, `XINFO STREAM ${key} FULL`],
  ].map((line): Step => ({ do: 'send', words: wordsOf(line) })),
);

function sameOutcome(step: Step, reference: Outcome, memory: Outcome): boolean {
  if (step.do === 'wait') return true;
  if (step.do === 'send') return ruleFor(step.words)(reference, memory);
  if (!Array.isArray(reference) || !Array.isArray(memory)) return exact(reference, memory);
  return step.commands.every((words, i) => ruleFor(words)(reference[i] as Outcome, memory[i] as Outcome));
}

/** Runs a program on both sides; the first difference, if any. */
export async function compare(
  reference: Side,
  memory: Side,
  program: Program,
  planted?: Tampering,
): Promise<Difference | undefined> {
  const steps = prepared(program);
  const whole = [...steps, ...lastLook];
  const [expected, actual] = await Promise.all([
    runProgram(reference, whole),
    runProgram(memory, whole, planted),
  ]);
  const at = whole.findIndex((step, i) => !sameOutcome(step, expected[i] as Outcome, actual[i] as Outcome));
  if (at < 0) return undefined;
  return {
    program: [...steps.slice(0, at), whole[at] as Step],
    reference: expected[at] as Outcome,
    memory: actual[at] as Outcome,
  };
}

function shownOutcome(outcome: Outcome): string {
  return isFailure(outcome) ? `-${outcome.error}` : JSON.stringify(outcome);
}

/** A difference as a person reads it, and as a regression case needs it. */
export function shownDifference({ program, reference, memory }: Difference): string {
  const lines = [
    'the engine and the server differ at the end of:',
    shownProgram(program),
    `server: ${shownOutcome(reference)}`,
    `memory: ${shownOutcome(memory)}`,
  ];
  return lines.join('\n');
}
