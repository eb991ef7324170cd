import { ConnectionError, ServerError } from '@penknife/core';
import type { WireArg, WireSender } from '@penknife/core/driver-kit';
import type { ClientStream, NodeClient } from './client-types.js';
import { bytesReply, shapeReply, textReply } from './reply-shape.js';
import { translateError } from './translate-error.js';

/** What writes to one server. */
export interface NodeSender extends WireSender {
  /** True while a command written now goes straight to the server. */
  readonly ready: boolean;
}

/** Errors at MULTI's queue that tell of the server's state, not of the command: they say more than EXECABORT does. */
const aboutTheServer = new Set([
  'MOVED',
  'ASK',
  'TRYAGAIN',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
]);

/**
 * Writes commands to one client. It looks at the connection first, so a command the client is handed has been written.
 * All commands of one turn of the event loop leave in one write: the client itself makes a system call for each.
 */
export function createNodeSender(client: NodeClient): NodeSender {
  let corked: ClientStream | undefined;

  function uncork(): void {
    const stream = corked;
    corked = undefined;
    stream?.uncork();
  }

  /** The stream, corked until the end of this turn; undefined when nothing can be written. */
  function writable(): boolean {
    const { stream } = client;
    if (client.status !== 'ready' || stream === undefined || !stream.writable) return false;
    if (corked !== stream) {
      if (corked === undefined) process.nextTick(uncork);
      else corked.uncork();
      corked = stream;
      stream.cork();
    }
    return true;
  }

  function write(args: readonly WireArg[]): Promise<unknown> {
    return client.callBuffer(args[0] as string, args.slice(1));
  }

  return {
    get ready() {
      return client.status === 'ready' && client.stream?.writable === true;
    },
    call({ args, bytes }) {
      return writable() ? write(args).then(bytes ? bytesReply : textReply) : notConnected();
    },
    async transaction(calls) {
      if (!writable()) return notConnected();
      let refused: unknown;
      const queue = (args: readonly WireArg[]): void => {
        write(args).catch((error: unknown) => {
          refused ??= error;
        });
      };
      queue(['MULTI']);
      for (const { args } of calls) queue(args);
      try {
        const replies = (await write(['EXEC'])) as readonly unknown[] | null;
        return replies?.map((reply, i) => shapeReply(reply, calls[i]?.bytes === true)) ?? null;
      } catch (error) {
        throw abortedBy(error, refused);
      }
    },
  };
}

function abortedBy(error: unknown, refused: unknown): unknown {
  if (refused === undefined) return error;
  const abort = translateError(error);
  const cause = translateError(refused);
  if (abort.code !== 'EXECABORT') return error;
  return aboutTheServer.has(cause.code) ? cause : new ServerError(abort.message, { command: 'EXEC', cause });
}

function notConnected(): Promise<never> {
  return Promise.reject(new ConnectionError('not connected; the command was not sent', { sent: 'no' }));
}
