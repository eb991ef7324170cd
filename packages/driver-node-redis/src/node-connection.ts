import { type Clock, ConnectionError, integerReply } from '@penknife/core';
import type { SingleClient } from './client-types.js';
import { closing, destroy, ownOptions } from './own-client.js';
import { translateOpening } from './translate-error.js';

/** An open connection to one node that never reconnects: what lanes and subscribers are made of. */
export interface NodeConnection {
  readonly client: SingleClient;
  readonly id: number;
  /** Resolves with the reason when the connection drops without `close()`; never rejects. */
  readonly lost: Promise<unknown>;
  close(): void;
}

const defaultConnectTimeoutMs = 5000;
const readId = integerReply('CLIENT ID');

/**
 * Opens a connection to the server `recipe` names and reads its id. The client's connect timeout bounds the whole of it:
 * a server that accepts and then keeps silent would hold it for ever.
 */
export async function openNode(recipe: SingleClient, clock: Clock): Promise<NodeConnection> {
  const socket = { ...recipe.options?.socket, reconnectStrategy: false, socketTimeout: undefined } as const;
  const client = recipe.duplicate({ ...ownOptions, pingInterval: undefined, socket });
  const stop = closing(client);
  let closed = false;
  const close = (): void => {
    closed = true;
    stop();
  };
  // Also when the socket still stands: after an error of the decoder replies no longer match their commands.
  const lost = new Promise<unknown>((resolve) => {
    client.on('error', (error) => {
      if (!closed) resolve(error);
    });
  });
  // Later than the client's own rejections, which name the reason.
  void lost.then(() => {
    close();
    destroy(client);
  });
  try {
    const id = await inTime(identify(client), socket.connectTimeout ?? defaultConnectTimeoutMs, clock);
    return { client, id, lost, close };
  } catch (error) {
    close();
    throw translateOpening(error);
  }
}

async function identify(client: SingleClient): Promise<number> {
  try {
    await client.connect();
    return readId((await client.sendCommand(['CLIENT', 'ID'])) as number);
  } catch (error) {
    destroy(client);
    throw error;
  }
}

function inTime<T>(promise: Promise<T>, timeoutMs: number, clock: Clock): Promise<T> {
  if (timeoutMs <= 0) return promise;
  return new Promise((resolve, reject) => {
    const timer = clock.timer(timeoutMs, () =>
      reject(new ConnectionError(`the server did not answer within ${timeoutMs} ms`, { sent: 'no' })),
    );
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}
