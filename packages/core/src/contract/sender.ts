import type { PenknifeError } from '../errors/penknife-error.js';
import type { Command, ResultOf } from './command.js';

/** How long a caller cares. `deadlineMs` is a duration from the call; the error says whether the command may have run. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

/** The outcome of one command among several: its value, or the error that it alone met. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: PenknifeError };

/** One `Outcome` per command, in the order of the commands and typed by each command's reader. */
export type Settled<C extends readonly Command<unknown>[]> = {
  readonly [I in keyof C]: Outcome<ResultOf<C[I]>>;
};

/** The narrowest thing a pattern can ask for: somewhere to send commands. */
export interface Sender {
  /**
   * Sends one command and reads its reply. Rejects with `ServerError`, `ConnectionError` (`sent: 'no' | 'maybe'`),
   * `DeadlineError`, `ReplyShapeError`, `ClosedError`, `InvalidArgumentError`, or the signal's reason wrapped in `AbortedError`.
   */
  send<T>(command: Command<T>, options?: CallOptions): Promise<T>;
  /** Sends many at once: each its own outcome, any slots, no order promised. Rejects only for arguments that are refused. */
  batch<const C extends readonly Command<unknown>[]>(commands: C, options?: CallOptions): Promise<Settled<C>>;
  /**
   * MULTI/EXEC: all run, one after another, with nothing in between; keys of one slot. A command that fails does not
   * undo the others. Resolves to `'aborted'` when a watched key changed (only on a lane, where WATCH is possible).
   */
  transaction<const C extends readonly Command<unknown>[]>(
    commands: C,
    options?: CallOptions,
  ): Promise<Settled<C> | 'aborted'>;
}
