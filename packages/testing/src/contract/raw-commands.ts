import assert from 'node:assert/strict';
import { type Arg, type Command, type PenknifeError, type Reply, rawReply } from '@penknife/core';

type CommandName = Uppercase<string>;

/** A command whose first argument is its key; the reply as it is. */
export function keyed(name: CommandName, key: string | Uint8Array, ...rest: readonly Arg[]): Command<Reply> {
  return { args: [name, key, ...rest], key, read: rawReply };
}

/** A command without a key; the reply as it is. */
export function keyless(name: CommandName, ...rest: readonly Arg[]): Command<Reply> {
  return { args: [name, ...rest], read: rawReply };
}

/** The same command, marked as harmless when run twice. */
export function repeatable<T>(command: Command<T>): Command<T> {
  return { ...command, repeatable: true };
}

/** The same command, its bulk strings as bytes. */
export function inBytes<T>(command: Command<T>): Command<T> {
  return { ...command, bytes: true };
}

/** A command with an argument that no type allows, as plain JavaScript may pass it. */
export function unchecked(...args: readonly unknown[]): Command<Reply> {
  return { args: args as Command['args'], read: rawReply };
}

/**
 * What a rejected error has to be. `kind` and `code` are the contract's, whichever copy of the package made the error. A refusal
 * of an argument has to say the place, the rule and the value.
 */
export type ExpectedError =
  | { readonly kind: 'invalid-argument'; readonly says: RegExp }
  | {
      readonly kind:
        | 'server'
        | 'connection'
        | 'deadline'
        | 'closed'
        | 'reply-shape'
        | 'unsupported'
        | 'aborted';
      readonly code?: string;
      readonly sent?: 'no' | 'maybe';
      readonly says?: RegExp;
    };

/** A call that the case awaits later: should it reject before, or the case fail before, that harms nobody. */
export function started<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  return call;
}

/** Asserts that a call rejects with such an error, and gives the error. May be awaited later. */
export function rejectsWith(call: Promise<unknown>, expected: ExpectedError): Promise<PenknifeError> {
  return started(rejection(call, expected));
}

/**
 * Asserts that a call which the server refuses for the time being ends at its deadline: unsent while it waits for its next
 * try, uncertain while it waits for the answer to the present one.
 */
export function endsUnanswered(call: Promise<unknown>): Promise<void> {
  const ended = call.then(
    (value) => assert.fail(`resolved with ${String(value).slice(0, 80)}`),
    (error: { kind?: string; sent?: string }) => {
      const seen = `${error.kind} ${error.sent}`;
      assert.ok(['connection no', 'deadline maybe'].includes(seen), `${seen}: ${String(error)}`);
    },
  );
  return started(ended);
}

async function rejection(call: Promise<unknown>, expected: ExpectedError): Promise<PenknifeError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) {
    return assert.fail(
      `resolved with ${String(outcome.value).slice(0, 80)} instead of rejecting as ${expected.kind}`,
    );
  }
  return isError(outcome.error, expected);
}

/** Asserts what an error is, and gives it. */
export function isError(error: unknown, { says, ...expected }: ExpectedError): PenknifeError {
  const found = error as PenknifeError & { readonly kind?: string; readonly sent?: string };
  const seen = { kind: found?.kind, code: found?.code, sent: found?.sent };
  const wanted = { ...seen, ...expected };
  assert.deepEqual(seen, wanted, `${String(error)}`);
  if (says !== undefined) assert.match(found.message, says);
  return found;
}
