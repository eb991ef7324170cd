import { checkObject, InvalidArgumentError } from '@penknife/core';
import type { WireArg } from '@penknife/core/driver-kit';

/**
 * What happens to a call that was chosen to fail.
 *
 * | effect | did it run? | what the caller gets |
 * |---|---|---|
 * | `{ error }` | no | a `ServerError` with that text, code first |
 * | `{ delayMs }` | later, by the engine's clock | its reply then, or its deadline |
 * | `'drop-reply'` | yes | `ConnectionError`, `sent: 'maybe'`; the connection is cut |
 * | `'disconnect'` | no | the same: nobody can tell the two apart |
 */
export type FailureEffect =
  | { readonly error: string }
  | { readonly delayMs: number }
  | 'drop-reply'
  | 'disconnect';

/** Which calls fail, and how. */
export interface ScriptedFailure {
  /** The command's name in upper case; EVALSHA and EVAL for scripts. Default: any. */
  readonly command?: string;
  /** How many of them, from now on. Default 1; `Infinity`: all until the function it gave is called. */
  readonly times?: number;
  readonly effect: FailureEffect;
}

/** The failures that are written for an engine's clients, first come first served. */
export class ScriptedFailures {
  readonly #waiting = new Set<{
    readonly command: string | undefined;
    left: number;
    readonly effect: FailureEffect;
  }>();

  /** True while some call may be chosen. */
  get armed(): boolean {
    return this.#waiting.size > 0;
  }

  /** Adds one; the function it gives takes back what is left of it. */
  add(failure: ScriptedFailure): () => void {
    checkObject('failure', failure);
    const { command, times = 1, effect } = failure;
    if (command !== undefined && (typeof command !== 'string' || command !== command.toUpperCase()))
      throw new InvalidArgumentError('command', 'must be a name in upper case', command);
    if (times !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(times) || times < 1))
      throw new InvalidArgumentError('times', 'must be a whole number of at least 1, or Infinity', times);
    checkEffect(effect);
    const entry = { command, left: times, effect };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  /** What happens to this call; undefined: nothing. */
  take(args: readonly WireArg[]): FailureEffect | undefined {
    for (const entry of this.#waiting) {
      if (entry.command !== undefined && entry.command !== args[0]) continue;
      if (--entry.left <= 0) this.#waiting.delete(entry);
      return entry.effect;
    }
    return undefined;
  }
}

function checkEffect(effect: FailureEffect): void {
  if (effect === 'drop-reply' || effect === 'disconnect') return;
  const { error, delayMs } = (effect ?? {}) as { readonly error?: unknown; readonly delayMs?: unknown };
  if (typeof error === 'string' && /^[A-Z]+ ./.test(error)) return;
  if (typeof delayMs === 'number' && Number.isFinite(delayMs) && delayMs >= 0) return;
  throw new InvalidArgumentError(
    'effect',
    "must be { error: 'CODE text' }, { delayMs }, 'drop-reply' or 'disconnect'",
    effect,
  );
}
