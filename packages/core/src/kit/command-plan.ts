import type { Command, Reply } from '../contract/command.js';
import type { Outcome, Settled } from '../contract/sender.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { ReplyShapeError } from '../errors/reply-shape-error.js';
import { isServerError } from '../errors/server-error.js';
import { UnsupportedError } from '../errors/unsupported-error.js';
import { slotOf } from '../keys/slot.js';
import type { Script } from '../script/script.js';
import { failedOutcome } from './failed-outcome.js';
import type { CallPlan } from './pending-call.js';
import { type ConnectionKind, refuseUnfit } from './refused-commands.js';
import type { WireArg, WireCall, WireSender } from './transport.js';
import { asEval, checkScriptKeys, wireArgs, wireKey } from './wire-call.js';

/** Where commands of a plan will run. */
export interface PlanTarget {
  readonly connection: ConnectionKind;
  readonly cluster: boolean;
}

/**
 * A checked command: what goes on the wire, and the plan to send and read it, in one object since every command needs one.
 * Making it throws `InvalidArgumentError` or `UnsupportedError`.
 */
export class CommandPlan<T> implements CallPlan<Reply, T>, WireCall {
  readonly args: readonly WireArg[];
  readonly key: WireArg | undefined;
  readonly bytes: boolean;
  readonly #command: Command<T>;
  readonly #sender: () => WireSender;

  constructor(command: Command<T>, target: PlanTarget, sender: () => WireSender) {
    if (typeof command !== 'object' || command === null) {
      throw new InvalidArgumentError('command', 'must be an object', command);
    }
    const { args, script } = command;
    if (!Array.isArray(args)) throw new InvalidArgumentError('args', 'must be an array', args);
    refuseUnfit(args, target.connection);
    if (script !== undefined) checkScriptKeys(command, target.cluster);
    this.args = wireArgs(args);
    this.key = wireKey(command.key, args[0]);
    this.bytes = command.bytes === true;
    this.#command = command;
    this.#sender = sender;
  }

  get script(): Script | undefined {
    return this.#command.script;
  }

  get repeatable(): boolean {
    return this.#command.repeatable === true;
  }

  write(evaluate: boolean): Promise<Reply> {
    return this.#sender().call(evaluate ? this.evaluated() : this);
  }

  /** The call as it goes into MULTI, or after NOSCRIPT: a script by its text. */
  evaluated(): WireCall {
    const { script } = this.#command;
    return script === undefined ? this : asEval(this, script.lua);
  }

  read(reply: Reply): T {
    return this.#command.read(reply);
  }
}

/** The plan for MULTI … EXEC. Scripts go as EVAL: after MULTI a NOSCRIPT could no longer be mended. */
export function transactionPlan<C extends readonly Command<unknown>[]>(
  commands: C,
  target: PlanTarget,
  sender: () => WireSender,
): CallPlan<readonly Reply[] | null, Settled<C> | 'aborted'> {
  if (commands.length === 0)
    throw new InvalidArgumentError('transaction', 'must hold at least one command', commands);
  const calls = commands.map((command) => new CommandPlan(command, target, sender).evaluated());
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
    return failedOutcome(error);
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
