import { type Driver, type Lane, type Reply, rawReply } from '@penknife/core';
import { failureOf, type Outcome, outcomeOf } from './outcome.js';
import { argsOf, type Program, type Words } from './program.js';

/** Changes what is sent or answered: how bugs are planted. */
export interface Tampering {
  words?(words: Words): Words;
  outcome?(outcome: Outcome, words: Words): Outcome;
}

/** One of the two that are compared. Its lanes stay open from program to program. */
export interface Side {
  readonly driver: Driver;
  readonly lanes: readonly [Lane, Lane];
  /** What is compared of an outcome. Default: all of it. */
  readonly view?: (outcome: Outcome) => Outcome;
  /** Before a program: what there is of a clock of its own catches up with the other side's. */
  begin?(): Promise<void>;
  /** Waits as long as it takes to let `ms` pass for the keys. */
  wait(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Sends one command and makes its reply plain. */
export async function ask(
  lane: Lane,
  words: Words,
  { words: change, outcome }: Tampering = {},
): Promise<Outcome> {
  const sent = change?.(words) ?? words;
  const answer = await lane
    .send({ args: argsOf(sent), bytes: true, read: rawReply })
    .then(outcomeOf, failureOf);
  return outcome?.(answer, words) ?? answer;
}

async function transact(lane: Lane, commands: readonly Words[], tampering: Tampering): Promise<Outcome> {
  const changed = commands.map((words) => tampering.words?.(words) ?? words);
  const built = changed.map((words) => ({ args: argsOf(words), bytes: true as const, read: rawReply }));
  try {
    const settled = await lane.transaction(built);
    if (settled === 'aborted') return null;
    return settled.map((each, i) => {
      const answer = each.ok ? outcomeOf(each.value as Reply) : failureOf(each.error);
      return tampering.outcome?.(answer, commands[i] as Words) ?? answer;
    });
  } catch (error) {
    return failureOf(error);
  }
}

/**
 * Runs a program from an empty server and gives one outcome a step (a transaction's is the array of its commands').
 * What one lane sends goes out at once, in order; before the other lane's turn it is waited for.
 */
export async function runProgram(
  side: Side,
  program: Program,
  tampering: Tampering = {},
): Promise<readonly Outcome[]> {
  await side.begin?.();
  // A number of its own makes Redis forget that one of an earlier program was out of range, which SORT would mind.
  const before = [['ZADD', 'k', '1', 'm'], ['FLUSHALL'], ['UNWATCH']] as const;
  const pending = before.map((words) => ask(side.lanes[0], words));
  let last = 0;
  for (const step of program) {
    const lane = step.do === 'send' ? (step.lane ?? 0) : 0;
    if (lane !== last || step.do === 'wait') await Promise.all(pending);
    last = lane;
    if (step.do === 'wait') {
      await side.wait(step.ms);
      pending.push(Promise.resolve(null));
    } else if (step.do === 'send') {
      pending.push(ask(side.lanes[lane], step.words, tampering));
    } else {
      pending.push(transact(side.lanes[0], step.commands, tampering));
    }
  }
  const outcomes = (await Promise.all(pending)).slice(before.length);
  return side.view === undefined ? outcomes : outcomes.map(side.view);
}
