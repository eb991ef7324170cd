import { checkCall } from '../checks/check-call.js';
import type { Command } from '../contract/command.js';
import type { CallOptions, Sender, Settled } from '../contract/sender.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { BatchCall } from './batch-call.js';
import { CommandPlan, type PlanTarget, transactionPlan } from './command-plan.js';
import { type CallEnvironment, type CallPlan, PendingCall } from './pending-call.js';

/** What a sender is made of: where it writes, under which rules, and how long a call may take (infinite: as long as it likes) when the caller does not say. */
export interface SenderParts {
  readonly target: PlanTarget;
  readonly environment: CallEnvironment;
  readonly deadlineMs: number;
  /** Throws `ClosedError` once closed. */
  refuseClosed(): void;
}

/** `send`, `batch` and `transaction` over a connection: the same for drivers and lanes. */
export function createSender(parts: SenderParts): Sender {
  const { target, environment } = parts;

  function run<R, T>(plan: CallPlan<R, T>, options: CallOptions | undefined): Promise<T> {
    if (options === undefined) return PendingCall.start(environment, plan, undefined, parts.deadlineMs);
    checkCall(options);
    const { signal, deadlineMs = parts.deadlineMs } = options;
    return PendingCall.start(environment, plan, signal, deadlineMs);
  }

  return {
    send(command, options) {
      try {
        parts.refuseClosed();
        return run(new CommandPlan(command, target), options);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    batch<const C extends readonly Command<unknown>[]>(
      commands: C,
      options?: CallOptions,
    ): Promise<Settled<C>> {
      try {
        parts.refuseClosed();
        checkCommands(commands);
        const plans = commands.map((command) => new CommandPlan(command, target));
        checkCall(options);
        const { signal, deadlineMs = parts.deadlineMs } = options ?? {};
        const settled = BatchCall.start(environment, plans, signal, deadlineMs);
        return settled as unknown as Promise<Settled<C>>;
      } catch (error) {
        return Promise.reject(error);
      }
    },
    transaction(commands, options) {
      try {
        parts.refuseClosed();
        checkCommands(commands);
        return run(transactionPlan(commands, target), options);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}

function checkCommands(commands: unknown): void {
  if (!Array.isArray(commands)) throw new InvalidArgumentError('commands', 'must be an array', commands);
}
