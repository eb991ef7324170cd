import { InvalidArgumentError, type Timer } from '@penknife/core';
import { type PubSub, partsOf } from '../pub-sub.js';
import {
  type ResolvedBridgeOptions,
  resolveBridgeOptions,
  type SocketBridgeOptions,
} from './bridge-options.js';
import { createRoomFinder } from './room-finder.js';
import { createEventWriter } from './server-message.js';
import { SocketClient } from './socket-client.js';
import { closeCodes, isClosed, type SocketLike } from './socket-like.js';

/** What is going on with the sockets here. */
export interface SocketBridgeStats {
  readonly sockets: number;
  /** Rooms over all sockets: one that two are in counts twice. */
  readonly joined: number;
  /** Sockets that were closed because they read too slowly. */
  readonly tooSlow: number;
  /** Sockets that were dropped because they gave no sign of life. */
  readonly silent: number;
}

/** Serves sockets with channels. */
export interface SocketBridge<Who> {
  /** Takes a socket that has just been opened, and who is at its other end. Its rooms end with it. */
  connect(socket: SocketLike, who: Who): void;
  stats(): SocketBridgeStats;
  /** Closes all sockets with 1001, and ends their subscriptions. Close it before the pub/sub. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Rooms for WebSockets: a client names channels to join, leaves them, and publishes, in JSON (`ClientMessage`), and hears
 * messages and gaps (`ServerMessage`). After a cut it joins again with the last `at` it heard, on whichever instance, and on
 * `log` channels reads on from there. A message is written once however many sockets it goes to.
 *
 * ```ts
 * const bridge = createSocketBridge(pubsub, { channels: [roomMessage], allow: (user, { params }) => mayEnter(user, params) });
 * server.on('connection', (socket, request) => bridge.connect(socket, userOf(request)));
 * ```
 */
export function createSocketBridge<Who>(
  pubsub: PubSub,
  options: SocketBridgeOptions<Who>,
): SocketBridge<Who> {
  const resolved: ResolvedBridgeOptions<Who> = resolveBridgeOptions(options);
  const { clock } = partsOf(pubsub).driver;
  const parts = {
    ...resolved,
    findRoom: createRoomFinder(pubsub, resolved.channels),
    write: createEventWriter(),
  };
  const clients = new Set<SocketClient<Who>>();
  const counts = { tooSlow: 0, silent: 0 };
  let timer: Timer | undefined;
  let closed: Promise<void> | undefined;

  /** One timer for all sockets, while there are any. */
  function beat(): void {
    timer ??= clock.timer(resolved.heartbeatMs, () => {
      timer = undefined;
      for (const client of clients) if (!client.beat()) counts.silent++;
      if (clients.size > 0) beat();
    });
  }

  async function close(): Promise<void> {
    timer?.cancel();
    await Promise.all([...clients].map((client) => client.end(closeCodes.goingAway, 'the server goes away')));
  }

  const bridge: SocketBridge<Who> = {
    connect(socket, who) {
      if (closed !== undefined) {
        socket.close(closeCodes.goingAway, 'the server goes away');
        return;
      }
      checkSocket(socket);
      // Gone while the caller found out whose it is: it would never say so again.
      if (socket.readyState === isClosed) return;
      const client: SocketClient<Who> = new SocketClient(socket, who, {
        ...parts,
        nowMs: () => clock.now(),
        tooSlow: () => counts.tooSlow++,
        gone: () => clients.delete(client),
      });
      clients.add(client);
      beat();
    },
    stats() {
      let joined = 0;
      for (const client of clients) joined += client.size;
      return { sockets: clients.size, joined, ...counts };
    },
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => bridge.close(),
  };
  return bridge;
}

function checkSocket(socket: SocketLike): void {
  for (const act of ['send', 'ping', 'close', 'terminate', 'on'] as const)
    if (typeof socket?.[act] !== 'function')
      throw new InvalidArgumentError('socket', `must be a WebSocket of ws: it has no ${act}`, socket);
}
