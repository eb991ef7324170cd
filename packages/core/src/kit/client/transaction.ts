import type { Reply } from '../../contract/command.js';
import type { PenknifeError } from '../../errors/penknife-error.js';
import { isServerError, ServerError } from '../../errors/server-error.js';
import type { WireArg, WireCall } from '../transport.js';
import type { ClientAdapter, ClientConnection } from './client-adapter.js';

/** Errors at MULTI's queue that tell of the server's state, not of the command: they say more than EXECABORT does. */
const aboutTheServer: ReadonlySet<string> = new Set([
  'MOVED',
  'ASK',
  'TRYAGAIN',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
]);

/**
 * MULTI, the calls and EXEC, written in one tick and hence next to each other on the wire. Clients' own transactions cannot
 * give bytes, and hide what EXEC answered behind error classes.
 * Null when a watched key changed; rejects when EXEC did not run, with the reason where the server told one.
 */
export async function writeTransaction(
  calls: readonly WireCall[],
  connection: ClientConnection,
  { shape, translate }: Pick<ClientAdapter, 'shape' | 'translate'>,
): Promise<readonly Reply[] | null> {
  // EXEC's one reply holds all of them: bytes if anybody wants bytes.
  const bytes = calls.some((call) => call.bytes);
  let refused: unknown;
  let unopened: unknown;
  const queue = (args: readonly WireArg[]): void => {
    connection.call({ args, key: undefined, bytes: false }).catch((error: unknown) => {
      refused ??= error;
    });
  };
  connection.call({ args: ['MULTI'], key: undefined, bytes: false }).catch((error: unknown) => {
    unopened = error;
  });
  for (const { args } of calls) queue(args);
  let replies: Reply;
  try {
    replies = shape(await connection.call({ args: ['EXEC'], key: undefined, bytes }), bytes);
  } catch (error) {
    throw unopened === undefined
      ? abortedBy(error, refused, translate)
      : ranApart(error, unopened, translate);
  }
  if (!Array.isArray(replies)) return replies as readonly Reply[] | null;
  return replies.map((reply: Reply, i) => (calls[i]?.bytes === bytes ? reply : asText(reply)));
}

function abortedBy(
  executed: unknown,
  refused: unknown,
  translate: (error: unknown) => PenknifeError,
): unknown {
  if (refused === undefined) return executed;
  const abort = translate(executed);
  if (abort.code !== 'EXECABORT') return executed;
  const cause = translate(refused);
  return isServerError(cause) && aboutTheServer.has(cause.code)
    ? cause
    : new ServerError(abort.message, { command: 'EXEC', cause });
}

/** Without MULTI, such as for want of the right to it, what was to be queued ran at once, each by itself. */
function ranApart(
  executed: unknown,
  unopened: unknown,
  translate: (error: unknown) => PenknifeError,
): unknown {
  const error = translate(executed);
  if (!isServerError(error)) return executed;
  return new ServerError(`${error.message}: MULTI was refused, and the commands ran without it`, {
    command: 'MULTI',
    sent: 'maybe',
    cause: translate(unopened),
  });
}

function asText(reply: Reply): Reply {
  if (reply instanceof Uint8Array)
    return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString();
  return Array.isArray(reply) ? reply.map(asText) : reply;
}
