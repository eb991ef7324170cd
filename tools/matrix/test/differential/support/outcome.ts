import { isServerError, type Reply } from '@penknife/core';

/** A reply made plain: bulk strings as byte strings, statuses and errors as objects. */
export type Outcome =
  | number
  | string
  | null
  | { readonly ok: string }
  | { readonly error: string }
  | readonly Outcome[];

/** A reply of a command sent with `bytes`, made plain: there a string is a status, bytes are a bulk string. */
export function outcomeOf(reply: Reply): Outcome {
  if (reply === null || typeof reply === 'number') return reply;
  if (typeof reply === 'string') return { ok: reply };
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString('latin1');
  if (isServerError(reply)) return { error: reply.message };
  return (reply as readonly Reply[]).map(outcomeOf);
}

/** The error a server answered with; anything else is thrown on. */
export function failureOf(error: unknown): Outcome {
  if (isServerError(error)) return { error: error.message };
  throw error;
}

/** True for an error reply. */
export function isFailure(outcome: Outcome): outcome is { readonly error: string } {
  return typeof outcome === 'object' && outcome !== null && 'error' in outcome;
}
