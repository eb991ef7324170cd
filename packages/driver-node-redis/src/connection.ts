import type { FeedKind } from '@penknife/core';
import {
  type ClientConnection,
  type ConnectionEvents,
  notConnected,
  type WireArg,
} from '@penknife/core/driver-kit';
import type { CommandOptions, MessageListener, SingleClient } from './client-types.js';

/** Bulk strings (RESP type `$`) as bytes. */
const asBytes: CommandOptions = { timeout: undefined, typeMapping: { 36: Buffer } };

const verbs = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['pSubscribe', 'pUnsubscribe'],
  shard: ['sSubscribe', 'sUnsubscribe'],
} as const;

/** A client of ours, made with `ownOptions`, as a connection. `connecting`: its `connect()`, already under way. */
export function connectionOf(
  client: SingleClient,
  connecting: Promise<unknown>,
  events: ConnectionEvents,
): ClientConnection {
  let closed = false;
  let connected = false;
  let socketIsUp = false;
  let view: SingleClient | undefined;

  client.on('connect', () => {
    socketIsUp = true;
    // A client destroyed while its socket was still connecting comes to life: closing had to wait for this.
    if (closed) destroy(client);
  });
  client.on('error', (error) => {
    socketIsUp = client.isReady;
    if (closed) return;
    // Also when the socket still stands: after an error of the decoder replies no longer match their commands.
    closed = true;
    // Later than the client's own rejections, which name the reason.
    queueMicrotask(() => {
      destroy(client);
      if (connected) events.lost(error);
    });
  });
  client.on('sharded-channel-moved', (channel) => events.unsubscribed(channel));

  /** Over a view with the type mapping bound: three times as fast as options with each command. */
  function writeForBytes(args: readonly WireArg[]): ReturnType<SingleClient['sendCommand']> {
    view ??= client.withCommandOptions(asBytes);
    // redis 5 keeps the very object, and heeds it for its own methods but not for sendCommand.
    return view._commandOptions === asBytes ? client.sendCommand(args, asBytes) : view.sendCommand(args);
  }

  function listener(kind: FeedKind, name: string): MessageListener {
    if (kind !== 'pattern') return (payload) => events.message(kind, name, payload);
    return (payload, channel) => events.message(kind, channel.toString(), payload, name);
  }

  /** The client gives a listener of several names the channel alone: of patterns it would not tell which one matched. */
  function subscribeAll(kind: FeedKind, names: readonly string[]): Promise<unknown> {
    if (kind === 'pattern')
      return Promise.all(names.map((name) => client.pSubscribe(name, listener(kind, name), true)));
    return client[verbs[kind][0]](
      names,
      (payload, channel) => events.message(kind, channel.toString(), payload),
      true,
    );
  }

  return {
    connected: connecting.then(
      () => {
        connected = true;
      },
      (error: unknown) => {
        destroy(client);
        throw error;
      },
    ),
    get ready() {
      return client.isReady && !closed;
    },
    call({ args, bytes }) {
      if (!client.isReady) return Promise.reject(notConnected());
      return bytes ? writeForBytes(args) : client.sendCommand(args);
    },
    async subscribe(kind, name) {
      // The client would keep it for a connection that never comes.
      if (!client.isReady) throw notConnected('the subscriber connection');
      await client[verbs[kind][0]](name, listener(kind, name), true);
    },
    async unsubscribe(kind, name) {
      if (!client.isReady) throw notConnected('the subscriber connection');
      await client[verbs[kind][1]](name);
    },
    async subscribeAll(kind, names) {
      if (!client.isReady) throw notConnected('the subscriber connection');
      await subscribeAll(kind, names);
    },
    close() {
      closed = true;
      if (socketIsUp) destroy(client);
    },
  };
}

/** Frees what a client holds. */
function destroy(client: SingleClient): void {
  try {
    client.destroy();
  } catch {
    // redis 5 throws for a client that is closed already, which is just what is wanted.
  }
}
