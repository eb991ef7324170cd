import { ConnectionError, isPenknifeError, type PenknifeError, ServerError } from '@penknife/core';

/**
 * An error of ioredis as one of ours. `ReplyError` is the server's answer; everything else the client rejects with
 * (MaxRetriesPerRequestError, AbortError, "Connection is closed.") ended a command that was written, since this driver
 * looks at the connection before it hands one over: it may have run. No error carries a command's arguments on.
 */
export function translateError(error: unknown): PenknifeError {
  if (isPenknifeError(error)) return error;
  if (isReplyError(error)) return serverError(error);
  return new ConnectionError('the connection was lost before the reply came; the command may have run', {
    sent: 'maybe',
    cause: withoutArguments(error),
  });
}

/** Why there is no connection: nothing was sent. An answer of the server (to AUTH, say) stays a `ServerError`. */
export function connectError(error: unknown): PenknifeError {
  if (isPenknifeError(error)) return error;
  const cause = withoutArguments(error);
  if (isPenknifeError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new ConnectionError(`cannot connect: ${reason}`, { sent: 'no', cause });
}

/** The same error, or one like it that cannot tell a log the arguments (a password, say) of the command it ended. */
export function withoutArguments(error: unknown): unknown {
  if (isReplyError(error)) return serverError(error);
  if (!(error instanceof Error) || !('command' in error)) return error;
  return Object.assign(new Error(error.message), { name: error.name });
}

/** An error that the server answered with, as the client makes it. */
interface ReplyError extends Error {
  readonly command?: { readonly name: string };
}

/** Tells by the name that both majors give the class: the class itself could be another copy's. */
function isReplyError(error: unknown): error is ReplyError {
  return error instanceof Error && error.name === 'ReplyError';
}

function serverError(error: ReplyError): ServerError {
  const command = error.command?.name.toUpperCase();
  return new ServerError(error.message, command === undefined ? {} : { command });
}
