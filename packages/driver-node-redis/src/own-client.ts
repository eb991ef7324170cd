import { type BackoffOptions, backoffMs, type RandomSource } from '@penknife/core';
import type { ClientOptions, ReconnectStrategy, SingleClient, SocketOptions } from './client-types.js';

/**
 * What every connection of ours is forced to: RESP2, no queue for offline times, no timer a command (it would cost
 * four fifths of the throughput), no bound whose error could not be told from others, nothing that needs RESP3.
 */
export const ownOptions: ClientOptions = {
  RESP: 2,
  disableOfflineQueue: true,
  commandOptions: { timeout: undefined },
  commandsQueueMaxLength: undefined,
  clientSideCache: undefined,
  emitInvalidate: undefined,
  maintNotifications: 'disabled',
};

/** How waits grow between tries to connect, when the client handed over does not say. */
export const reconnectBackoff: BackoffOptions = { baseMs: 50, maxMs: 2000, jitter: 'equal' };

/** The user's way to reconnect, or ours; it ends once `closed`. */
export function reconnecting(
  socket: SocketOptions | undefined,
  random: RandomSource,
  closed: () => boolean,
): ReconnectStrategy {
  const strategy = socket?.reconnectStrategy;
  return (retries, cause) => {
    if (closed()) return false;
    if (strategy === undefined) return backoffMs(reconnectBackoff, retries + 1, random);
    return typeof strategy === 'function' ? strategy(retries, cause) : strategy;
  };
}

/**
 * Watches a client of ours; the result closes it, once and for good. A client destroyed while its socket is still
 * connecting would come to life afterwards, so in that state closing waits for the socket.
 */
export function closing(client: SingleClient): () => void {
  let closed = false;
  let socketIsUp = false;
  client.on('connect', () => {
    socketIsUp = true;
    if (closed) destroy(client);
  });
  client.on('error', () => {
    socketIsUp = client.isReady;
  });
  return () => {
    if (closed) return;
    closed = true;
    if (socketIsUp) destroy(client);
  };
}

/** Frees what a client holds. */
export function destroy(client: SingleClient): void {
  try {
    client.destroy();
  } catch {
    // redis 5 throws for a client that is closed already, which is just what is wanted.
  }
}
