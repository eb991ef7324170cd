import type { Command, Reply } from '../contract/command.js';
import type { Outcome, Settled } from '../contract/sender.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isPenknifeError } from '../errors/penknife-error.js';
import { ReplyShapeError } from '../errors/reply-shape-error.js';
import { isServerError } from '../errors/server-error.js';
import { UnsupportedError } from '../errors/unsupported-error.js';
import { slotOf } from '../keys/slot.js';
import type { CallPlan } from './pending-call.js';
import { refuseUnfit } from './refused-commands.js';
import type { WireCall, WireSender } from './transport.js';
import { asEval, wireCall } from './wire-call.js';

/** Where commands of a plan will run. */
export interface PlanTarget {
  readonly connection: 'shared' | 'lane';
  readonly cluster: boolean;
}

/** A checked command, ready to be written as often as its plan allows. */
export interface CheckedCommand<T> {
  readonly command: Command<T>;
  readonly call: WireCall;
}

/** Checks a command for this target; throws `InvalidArgumentError` or `UnsupportedError`. */
export function check<T>(command: Command<T>, target: PlanTarget): CheckedCommand<T> {
  const call = wireCall(command, target.cluster);
  refuseUnfit(command.args, target.connection);
  return { command, call };
}

/** The plan for one command. `first`: the answer to the first try, when it was written together with others. */
export function commandPlan<T>(
  { command, call }: CheckedCommand<T>,
  sender: () => WireSender,
  first?: Promise<Reply>,
): CallPlan<Reply, T> {
  let joined = first;
  return {
    write(evaluate) {
      if (joined !== undefined) {
        const reply = joined;
        joined = undefined;
        return reply;
      }
      const { script } = command;
      return sender().call(evaluate && script !== undefined ? asEval(call, script.lua) : call);
    },
    read: (reply) => command.read(reply),
    script: command.script,
    repeatable: command.repeatable === true,
  };
}

/** The plan for MULTI … EXEC. Scripts go as EVAL: after MULTI a NOSCRIPT could no longer be mended. */
export function transactionPlan<C extends readonly Command<unknown>[]>(
  commands: C,
  target: PlanTarget,
  sender: () => WireSender,
): CallPlan<readonly Reply[] | null, Settled<C> | 'aborted'> {
  if (commands.length === 0)
    throw new InvalidArgumentError('transaction', 'must hold at least one command', commands);
  const calls = commands.map((command) => {
    const { call } = check(command, target);
    return command.script === undefined ? call : asEval(call, command.script.lua);
  });
  if (target.cluster) refuseSlots(calls);
  return {
    write: () => sender().transaction(calls),
    read(replies) {
      if (replies === null) return 'aborted';
      if (replies.length !== commands.length) {
        throw new ReplyShapeError('EXEC', `an array of ${commands.length}`, replies);
      }
      return commands.map((command, i) => outcomeOf(command, replies[i] as Reply)) as unknown as Settled<C>;
    },
    script: undefined,
    repeatable: commands.every((command) => command.repeatable === true),
  };
}

function outcomeOf<T>(command: Command<T>, reply: Reply): Outcome<T> {
  if (isServerError(reply)) return { ok: false, error: reply };
  try {
    return { ok: true, value: command.read(reply) };
  } catch (error) {
    if (isPenknifeError(error)) return { ok: false, error };
    throw error;
  }
}

function refuseSlots(calls: readonly WireCall[]): void {
  let slot: number | undefined;
  for (const { key } of calls) {
    if (key === undefined) continue;
    const own = slotOf(key);
    slot ??= own;
    if (own !== slot) {
      throw new UnsupportedError(
        `the keys of a transaction lie in different cluster slots (${slot} and ${own}); give them one hash tag`,
      );
    }
  }
}
