import { ConnectionError, isPenknifeError, type PenknifeError, ServerError } from '@penknife/core';

/**
 * Client errors after which the command certainly was not written: the client refused to take it, or never had a
 * connection. Everything else may have been written: a dropped connection rejects queued and written commands alike.
 */
const neverSent: ReadonlySet<string> = new Set([
  'ClientClosedError',
  'ClientOfflineError',
  'ConnectionTimeoutError',
  'RootNodesUnavailableError',
]);

/** System calls that fail before there is a connection. */
const connecting: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);

/** Turns an error of node-redis into one of ours; ours pass through. */
export function translateError(error: unknown): PenknifeError {
  if (isPenknifeError(error)) return error;
  if (isServerReply(error)) return new ServerError(error.message);
  const sent = isNeverSent(error) ? 'no' : 'maybe';
  return new ConnectionError(messageOf(error), { sent, cause: error });
}

/**
 * True for an answer of the server. The class tells, by its name since it cannot be imported; for builds that shorten
 * class names the protocol's own mark serves as well: an error reply starts with its code in capitals.
 */
function isServerReply(error: unknown): error is Error {
  if (!(error instanceof Error) || 'code' in error) return false;
  return isOfClass(error, (name) => name === 'ErrorReply') || /^[A-Z][A-Z0-9_]+ /.test(error.message);
}

function isNeverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isOfClass(error, (name) => neverSent.has(name))) return true;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNeverSent);
  return connecting.has(Reflect.get(error, 'syscall'));
}

function isOfClass(error: Error, matches: (name: string) => boolean): boolean {
  let prototype: unknown = Object.getPrototypeOf(error);
  while (prototype instanceof Error) {
    if (matches(prototype.constructor.name)) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
