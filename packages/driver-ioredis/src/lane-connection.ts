import { systemClock } from '@penknife/core';
import type { LaneConnection } from '@penknife/core/driver-kit';
import type { NodeClient } from './client-types.js';
import { connectError, withoutArguments } from './translate-error.js';
import { createNodeSender } from './wire-sender.js';

/** A client that was connected once. */
export interface OnceConnected {
  readonly id: number;
  /** Resolves when the connection drops without `close()` having been called. */
  readonly lost: Promise<unknown>;
  close(): void;
}

/** That of ioredis. */
const defaultConnectTimeoutMs = 10_000;

/** Connects a duplicate that never reconnects and asks for its id. `client`: made with the options of `connectingOnce`. */
export async function connectOnce(client: NodeClient): Promise<OnceConnected> {
  let failure: unknown;
  let closed = false;
  client.on('error', (error) => {
    failure ??= error;
  });
  const lost = new Promise<unknown>((resolve) => {
    client.on('close', () => {
      if (closed) return;
      // Lets go of what the client still holds, such as its connections to sentinels.
      client.disconnect();
      resolve(withoutArguments(failure ?? new Error('the server closed the connection')));
    });
  });
  function close(): void {
    if (closed) return;
    closed = true;
    client.disconnect();
  }
  // A server that accepts and then keeps silent would hold the opening for ever.
  const timeoutMs = client.options.connectTimeout ?? defaultConnectTimeoutMs;
  const timer = systemClock.timer(timeoutMs, () => {
    failure ??= new Error(`the server did not answer within ${timeoutMs} ms`);
    close();
  });
  try {
    await client.connect();
    return { id: Number(await client.callBuffer('CLIENT', ['ID'])), lost, close };
  } catch (error) {
    close();
    throw connectError(failure ?? error);
  } finally {
    timer.cancel();
  }
}

/** Opens a lane over a duplicate. */
export async function openLaneConnection(client: NodeClient): Promise<LaneConnection> {
  const { id, lost, close } = await connectOnce(client);
  const sender = createNodeSender(client);
  return {
    id,
    lost,
    close,
    call: (call) => sender.call(call),
    transaction: (calls) => sender.transaction(calls),
  };
}
