import { type ConnectionPurpose, writeTogether } from '@penknife/core/driver-kit';
import type { ClientOptions, SocketOptions } from './client-types.js';

/**
 * What every connection of ours is forced to: RESP2, no queue for offline times, no timer a command (it would cost
 * four fifths of the throughput), no bound whose error could not be told from others, nothing that needs RESP3.
 */
const always: ClientOptions = {
  RESP: 2,
  disableOfflineQueue: true,
  commandOptions: { timeout: undefined },
  commandsQueueMaxLength: undefined,
  clientSideCache: undefined,
  emitInvalidate: undefined,
  maintNotifications: 'disabled',
};

/** The options of a connection that is made once, beside those of the client handed over. */
export function ownOptions(purpose: ConnectionPurpose, socket: SocketOptions | undefined): ClientOptions {
  const once = { ...socket, writev: writeTogether, reconnectStrategy: false } as const;
  if (purpose === 'shared') return { ...always, socket: once };
  // A lane may be blocked, and a subscriber silent, for as long as they like.
  return { ...always, pingInterval: undefined, socket: { ...once, socketTimeout: undefined } };
}

const defaultConnectTimeoutMs = 5000;

/** The client's own bound for connecting. */
export function connectTimeoutOf(socket: SocketOptions | undefined): number {
  return socket?.connectTimeout ?? defaultConnectTimeoutMs;
}

/** The owner's rhythm of reconnecting; undefined where there is none, or where it gives up, which a driver does not. */
export function reconnectMs(
  socket: SocketOptions | undefined,
  attempt: number,
  cause: Error,
): number | undefined {
  const strategy = socket?.reconnectStrategy;
  const chosen = typeof strategy === 'function' ? strategy(attempt - 1, cause) : strategy;
  return typeof chosen === 'number' ? chosen : undefined;
}
