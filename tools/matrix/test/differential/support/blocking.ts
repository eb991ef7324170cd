import type { Lane } from '@penknife/core';
import fc from 'fast-check';
import { mixed } from '../families/index.js';
import { callsOf } from './family.js';
import { isFailure, type Outcome } from './outcome.js';
import { shownWords, type Words } from './program.js';
import { exact, ruleFor } from './rules.js';
import { ask, type Side, type Tampering } from './side.js';
import { commandForm } from './template.js';

/** Connections that wait, one after another, and what another connection does then. */
export interface BlockingScenario {
  readonly before: readonly Words[];
  readonly waiting: readonly Words[];
  readonly after: readonly Words[];
}

const waits = fc.oneof(
  ...[
    'BLPOP key ( key ) ? 0',
    'BRPOP key ( key ) ? 0',
    'BLMOVE key key ( LEFT | RIGHT ) ( LEFT | RIGHT ) 0',
    'BRPOPLPUSH key key 0',
    'BLMPOP 0 2 key key ( LEFT | RIGHT ) ( COUNT 2 ) ?',
    'BZPOPMIN key ( key ) ? 0',
    'BZPOPMAX key 0',
    'BZMPOP 0 2 key key ( MIN | MAX ) ( COUNT 2 ) ?',
    'XREAD ( COUNT 1 ) ? BLOCK 0 STREAMS key ( id | $ )',
    'XREADGROUP GROUP group consumer BLOCK 0 STREAMS key >',
  ].map(commandForm),
);

const feeds = fc.oneof(
  ...[
    'RPUSH key member +',
    'LPUSH key member +',
    'ZADD key score member ( score member ) *',
    'XADD key newid field value',
    'XGROUP CREATE key group 0 MKSTREAM',
    'XGROUP DESTROY key group',
    'DEL key',
    'RENAME key key',
    'COPY key key REPLACE ?',
    'SET key value',
    'LMOVE key key LEFT RIGHT',
    'ZUNIONSTORE key 2 key key',
    'SWAPDB 0 1',
    'MOVE key 1',
    'FLUSHDB',
  ].map(commandForm),
);

const exactCalls = callsOf(mixed).filter((words) => ruleFor(words) === exact);

/** Random scenarios: up to three that wait. */
export const blockingScenarios: fc.Arbitrary<BlockingScenario> = fc.record({
  before: fc.array(fc.oneof({ weight: 3, arbitrary: feeds }, { weight: 1, arbitrary: exactCalls }), {
    maxLength: 3,
  }),
  waiting: fc.array(waits, { minLength: 1, maxLength: 3 }),
  after: fc.array(fc.oneof({ weight: 6, arbitrary: feeds }, { weight: 1, arbitrary: exactCalls }), {
    minLength: 1,
    maxLength: 5,
  }),
});

/** A side with connections to wait on. */
export interface BlockingSide {
  readonly control: Lane;
  readonly waiting: readonly Lane[];
}

/** Opens as many connections as scenarios need. */
export async function openBlockingSide({ driver, lanes }: Side): Promise<BlockingSide> {
  return { control: lanes[0], waiting: await Promise.all([1, 2, 3].map(() => driver.openLane())) };
}

async function isBlocked(control: Lane, lane: Lane): Promise<boolean> {
  const line = await ask(control, ['CLIENT', 'LIST', 'ID', String(lane.id)]);
  if (typeof line !== 'string') throw new Error(`CLIENT LIST answered ${JSON.stringify(line)}`);
  return / flags=\w*b/.test(line);
}

/** Everything that was answered, in the order of the scenario; who still waits at the end is unblocked. */
export async function runBlocking(
  { control, waiting }: BlockingSide,
  scenario: BlockingScenario,
  tampering?: Tampering,
): Promise<readonly Outcome[]> {
  const told: Outcome[] = [];
  await ask(control, ['FLUSHALL']);
  for (const words of scenario.before) told.push(await ask(control, words));
  const answers: Promise<Outcome>[] = [];
  for (const [i, words] of scenario.waiting.entries()) {
    const lane = waiting[i] as Lane;
    let answered = false;
    const answer = ask(lane, words, tampering).finally(() => {
      answered = true;
    });
    answers.push(answer);
    while (!answered && !(await isBlocked(control, lane)));
  }
  for (const words of scenario.after) told.push(await ask(control, words, tampering));
  for (const [i] of scenario.waiting.entries()) {
    told.push(await ask(control, ['CLIENT', 'UNBLOCK', String((waiting[i] as Lane).id)]));
  }
  return [...told, ...(await Promise.all(answers))];
}

/** A scenario and what was answered, for messages. */
export function shownScenario(
  { before, waiting, after }: BlockingScenario,
  reference: readonly Outcome[],
  memory: readonly Outcome[],
): string {
  const lines = [
    ...before.map(shownWords),
    ...waiting.map((words, i) => `(waits ${i}) ${shownWords(words)}`),
    ...after.map(shownWords),
    ...waiting.map((_, i) => `(unblock ${i})`),
    ...waiting.map((_, i) => `(answer ${i})`),
  ];
  const order = [...lines.slice(0, before.length), ...lines.slice(before.length + waiting.length)];
  return [
    ...lines.slice(0, before.length + waiting.length + after.length),
    'differ in:',
    ...order.flatMap((line, i) => {
      const [expected, actual] = [reference[i] as Outcome, memory[i] as Outcome];
      if (exact(expected, actual)) return [];
      const text = (outcome: Outcome): string =>
        isFailure(outcome) ? `-${outcome.error}` : JSON.stringify(outcome);
      return [`${line}\n  Redis:  ${text(expected)}\n  memory: ${text(actual)}`];
    }),
  ].join('\n');
}
