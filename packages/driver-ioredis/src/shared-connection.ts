import type { SharedConnection } from '@penknife/core/driver-kit';
import type { NodeClient } from './client-types.js';
import { withoutArguments } from './translate-error.js';
import { createNodeSender } from './wire-sender.js';

/** How long to wait before connecting again when the client itself has given up. */
const againMs = 500;

/** Connects a duplicate for sending; it reconnects until it is closed. `client`: made with the options of `reconnecting`. */
export function openSharedConnection(
  client: NodeClient,
  events: { changed(): void; failed(error: unknown): void },
): SharedConnection {
  const sender = createNodeSender(client);
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function connect(): void {
    // Why it failed has been told by an 'error' event, and the client tries again by itself.
    client.connect().catch(() => undefined);
  }

  client.on('error', (error) => {
    if (!closed) events.failed(withoutArguments(error));
  });
  client.on('ready', () => events.changed());
  client.on('close', () => {
    if (!closed) events.changed();
  });
  // A connector that throws (bad TLS files, a tunnel that is down) ends the client without a further try.
  client.on('end', () => {
    if (!closed) timer = setTimeout(connect, againMs);
  });
  connect();

  return {
    get ready() {
      return sender.ready;
    },
    call: (call) => sender.call(call),
    transaction: (calls) => sender.transaction(calls),
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(timer);
      client.disconnect();
    },
  };
}
