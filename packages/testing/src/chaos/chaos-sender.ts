import {
  AbortedError,
  type CallOptions,
  type Clock,
  type Command,
  ConnectionError,
  DeadlineError,
  type Outcome,
  type PenknifeError,
  type Sender,
  type Settled,
} from '@penknife/core';
import type { CallFault } from './chaos-plan.js';

/** What decides about a sender's calls. */
export interface SenderChaos {
  readonly clock: Clock;
  /** What happens to the next call. */
  decide(name: string): CallFault | undefined;
  delayMs(): number;
  /** Called when a fault broke a call: on a lane the connection goes with it. */
  broken?(): void;
}

/** What a fault makes of a whole batch; anything else is the inner sender's own refusal. */
const ownFaults: ReadonlySet<string> = new Set(['CONNECTION', 'ABORTED', 'DEADLINE']);

/**
 * A sender whose calls meet faults. A fault before sending is certain (`sent: 'no'`); one after it is not (`'maybe'`), and the
 * command did run. Nothing is ever sent twice, and nothing runs after its caller was told that it was not sent.
 */
export function chaosSender(inner: Sender, chaos: SenderChaos): Sender {
  async function under<T>(
    name: string,
    options: CallOptions | undefined,
    run: (options: CallOptions | undefined) => Promise<T>,
  ): Promise<T> {
    const fault = chaos.decide(name);
    if (fault === 'drop-before') {
      await refuseClosed(inner);
      throw lost(chaos, 'no');
    }
    const left = fault === 'delay' ? await pause(chaos, options, 'no') : options;
    const result = await run(left);
    if (fault === 'delay-answer') await pause(chaos, options, 'maybe');
    if (fault === 'drop-after') throw lost(chaos, 'maybe');
    return result;
  }
  return {
    send: <T>(command: Command<T>, options?: CallOptions): Promise<T> =>
      under(command.args[0], options, (left) => inner.send(command, left)),
    batch: async <const C extends readonly Command<unknown>[]>(commands: C, options?: CallOptions) => {
      // Refused arguments reject the batch as a whole, whatever else happens to it.
      const call = under('BATCH', options, (left) => inner.batch(commands, left));
      return call.catch((error: PenknifeError) => {
        if (!ownFaults.has(error.code)) throw error;
        return commands.map((): Outcome<never> => ({ ok: false, error })) as unknown as Settled<C>;
      });
    },
    transaction: (commands, options) => under('EXEC', options, (left) => inner.transaction(commands, left)),
  };
}

/** Rejects when a sender is closed: who was told of a lost connection instead would go on trying for ever. Nothing is sent. */
export async function refuseClosed(inner: Sender): Promise<void> {
  await inner.batch([]);
}

function lost(chaos: SenderChaos, sent: 'no' | 'maybe'): ConnectionError {
  chaos.broken?.();
  const what = sent === 'no' ? 'before the command was sent' : 'before its answer came';
  return new ConnectionError(`chaos: the connection was lost ${what}`, { sent });
}

/** Waits for a drawn delay; gives what is left of the call's options afterwards. */
async function pause(
  chaos: SenderChaos,
  options: CallOptions | undefined,
  sent: 'no' | 'maybe',
): Promise<CallOptions | undefined> {
  const waitMs = chaos.delayMs();
  const { deadlineMs, signal } = options ?? {};
  try {
    await chaos.clock.sleep(Math.min(waitMs, deadlineMs ?? waitMs), signal);
  } catch (reason) {
    throw new AbortedError(reason, sent);
  }
  if (deadlineMs === undefined) return options;
  if (waitMs < deadlineMs) return { ...options, deadlineMs: deadlineMs - waitMs };
  if (sent === 'maybe') throw new DeadlineError(deadlineMs);
  throw new ConnectionError(`chaos: the deadline of ${deadlineMs} ms passed before sending`, { sent });
}
