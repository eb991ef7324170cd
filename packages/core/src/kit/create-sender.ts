import type { Command, Reply } from '../contract/command.js';
import type { CallOptions, Outcome, Sender, Settled } from '../contract/sender.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isPenknifeError } from '../errors/penknife-error.js';
import { type CheckedCommand, check, commandPlan, type PlanTarget, transactionPlan } from './command-plan.js';
import { type CallEnvironment, type CallPlan, PendingCall } from './pending-call.js';
import type { WireSender } from './transport.js';

/** What a sender is made of: where it writes, under which rules, and how long a call may take when the caller does not say. */
export interface SenderParts {
  readonly target: PlanTarget;
  readonly environment: CallEnvironment;
  readonly deadlineMs: number | undefined;
  /** The connection as it is now; asked anew for every try. */
  connection(): WireSender;
  /** Throws `ClosedError` once closed. */
  refuseClosed(): void;
}

/** `send`, `batch` and `transaction` over a connection: the same for drivers and lanes. */
export function createSender(parts: SenderParts): Sender {
  const { target, environment } = parts;

  function run<R, T>(plan: CallPlan<R, T>, options: CallOptions | undefined): Promise<T> {
    const deadlineMs = deadlineOf(options) ?? parts.deadlineMs;
    return new Promise((resolve, reject) => {
      new PendingCall(environment, plan, options?.signal, deadlineMs, resolve, reject);
    });
  }

  function settle<T>(
    checked: CheckedCommand<T>,
    options: CallOptions | undefined,
    first?: Promise<Reply>,
  ): Promise<Outcome<T>> {
    return run(commandPlan(checked, parts.connection, first), options).then(succeeded, failed);
  }

  return {
    send(command, options) {
      try {
        parts.refuseClosed();
        return run(commandPlan(check(command, target), parts.connection), options);
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
        const checked = commands.map((command) => check(command, target));
        deadlineOf(options);
        const together = checked.length > 1 && environment.ready() && !options?.signal?.aborted;
        const firsts = together ? writeTogether(parts.connection(), checked) : undefined;
        return Promise.all(
          checked.map((entry, i) => settle(entry, options, firsts?.[i])),
        ) as unknown as Promise<Settled<C>>;
      } catch (error) {
        return Promise.reject(error);
      }
    },
    transaction(commands, options) {
      try {
        parts.refuseClosed();
        return run(transactionPlan(commands, target, parts.connection), options);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}

/** Uses the client's own pipelining where the transport has it: one promise per command, all from one write. */
function writeTogether(
  connection: WireSender,
  checked: readonly CheckedCommand<unknown>[],
): readonly Promise<Reply>[] | undefined {
  if (connection.callMany === undefined) return undefined;
  const all = connection.callMany(checked.map(({ call }) => call));
  return checked.map((_, i) =>
    all.then((entries) => {
      const entry = entries[i];
      if (entry === undefined) throw new Error('the pipeline gave fewer answers than it got commands');
      if ('error' in entry) throw entry.error;
      return entry.reply;
    }),
  );
}

function succeeded<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

function failed(error: unknown): Outcome<never> {
  if (isPenknifeError(error)) return { ok: false, error };
  throw error;
}

function deadlineOf(options: CallOptions | undefined): number | undefined {
  const deadlineMs = options?.deadlineMs;
  if (deadlineMs === undefined) return undefined;
  if (typeof deadlineMs !== 'number' || !Number.isFinite(deadlineMs) || deadlineMs <= 0) {
    throw new InvalidArgumentError('deadlineMs', 'must be a finite number above 0', deadlineMs);
  }
  return deadlineMs;
}
