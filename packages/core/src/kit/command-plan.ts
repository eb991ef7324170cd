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
import type { Transport, WireArg, WireCall, WireSender } from './transport.js';
import { asEval, checkScriptKeys, keyOf, wireArgs, wireKey } from './wire-call.js';

/** Where commands of a plan will run. */
export interface PlanTarget extends Pick<Transport, 'shape'> {
  readonly connection: ConnectionKind;
  readonly cluster: boolean;
  /** The connection as it is now; asked anew for every try. */
  wire(): WireSender;
}

/**
 * A checked command: what goes on the wire, and the plan to send and read it, in one object since every command needs one.
 * Making it throws `InvalidArgumentError` or `UnsupportedError`.
 */
export class CommandPlan<T> implements CallPlan<unknown, T>, WireCall {
  readonly args: readonly WireArg[];
  private readonly command: Command<T>;
  private readonly target: PlanTarget;

  constructor(command: Command<T>, target: PlanTarget) {
    if (typeof command !== 'object' || command === null) {
      throw new InvalidArgumentError('command', 'must be an object', command);
    }
    const { args, script, read } = command;
    if (!Array.isArray(args)) throw new InvalidArgumentError('args', 'must be an array', args);
    if (typeof read !== 'function') throw new InvalidArgumentError('read', 'must be a function', read);
    refuseUnfit(args, target.connection);
    if (script !== undefined) checkScriptKeys(command, target.cluster);
    this.args = wireArgs(args);
    wireKey(command.key, args[0]);
    this.command = command;
    this.target = target;
  }

  get key(): WireArg | undefined {
    return wireKey(this.command.key, this.command.args[0]);
  }

  get bytes(): boolean {
    return this.command.bytes === true;
  }

  get script(): Script | undefined {
    return this.command.script;
  }

  get repeatable(): boolean {
    return this.command.repeatable === true;
  }

  write(evaluate: boolean): Promise<unknown> {
    return this.target.wire().call(evaluate ? this.evaluated() : this);
  }

  /** The call as it goes into MULTI, or after NOSCRIPT: a script by its text. */
  evaluated(): WireCall {
    const { script } = this.command;
    return script === undefined ? this : asEval(this, script.lua);
  }

  read(raw: unknown): T {
    const { shape } = this.target;
    return this.command.read(shape === undefined ? (raw as Reply) : shape(raw, this.bytes));
  }
}

/** The plan for MULTI … EXEC. Scripts go as EVAL: after MULTI a NOSCRIPT could no longer be mended. */
export function transactionPlan<C extends readonly Command<unknown>[]>(
  commands: C,
  target: PlanTarget,
): CallPlan<readonly Reply[] | null, Settled<C> | 'aborted'> {
  if (commands.length === 0)
    throw new InvalidArgumentError('transaction', 'must hold at least one command', commands);
  const calls = commands.map((command) => new CommandPlan(command, target).evaluated());
  if (target.cluster) refuseSlots(calls);
  return {
    write: () => target.wire().transaction(calls),
    read(replies) {
      if (replies === null) return 'aborted';
      if (replies.length !== commands.length) {
        throw new ReplyShapeError('EXEC', `an array of ${commands.length}`, replies);
      }
      return commands.map((command, i) => outcomeOf(command, replies[i] as Reply)) as unknown as Settled<C>;
    },
    key: keyOf(calls),
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
