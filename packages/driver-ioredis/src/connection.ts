import {
  type ClientConnection,
  type ConnectionEvents,
  letWriteTogether,
  notConnected,
  StreamSubscriber,
} from '@penknife/core/driver-kit';
import type { ClientStream, NodeClient } from './client-types.js';
import { connectError, translateError, withoutArguments } from './translate-error.js';

/**
 * Commands after which a turn's first write leaves. The client itself makes a system call for each, which costs more than the
 * command; were a whole turn one write, the server would wait for all of it, and we then for the server.
 */
const firstWrite = 32;

/**
 * A duplicate of ours, made with `ownOptions`, as a connection. It looks at the stream before it hands a command over, so a
 * command the client is handed has been written. Commands of one turn of the event loop leave together: the first 32, then
 * twice as many each time, and the rest at its end (docs/decisions/0046).
 */
export function connectionOf(client: NodeClient, events: ConnectionEvents): ClientConnection {
  let failure: unknown;
  let connected = false;
  let closed = false;
  let corked: ClientStream | undefined;
  /** Commands since it was corked, and how many of them leave together. */
  let waiting = 0;
  let together = firstWrite;
  let subscriber: StreamSubscriber | undefined;

  client.on('error', (error) => {
    failure ??= error;
  });
  client.on('connect', () => {
    if (client.stream !== undefined) letWriteTogether(client.stream);
  });
  client.on('close', () => lost(failure ?? new Error('the server closed the connection')));

  function close(): void {
    if (closed) return;
    closed = true;
    client.disconnect();
    subscriber?.end(notConnected('the subscriber connection'));
  }

  function lost(reason: unknown): void {
    if (closed) return;
    closed = true;
    // Lets go of what the client still holds, such as its connections to sentinels.
    client.disconnect();
    subscriber?.end(translateError(reason));
    if (connected) events.lost(withoutArguments(reason));
  }

  async function connect(): Promise<void> {
    try {
      await client.connect();
      connected = true;
    } catch (error) {
      throw connectError(failure ?? error);
    }
  }

  function uncork(): void {
    const stream = corked;
    corked = undefined;
    stream?.uncork();
  }

  /** Corks the stream for the commands that leave together; what waited in it leaves. */
  function cork(stream: ClientStream): void {
    if (corked === undefined) process.nextTick(uncork);
    else corked.uncork();
    together = corked === stream ? 2 * together : firstWrite;
    corked = stream;
    waiting = 0;
    stream.cork();
  }

  /** Whether a command can be written; the stream is corked until there are enough of them, or this turn ends. */
  function writable(): boolean {
    const { stream } = client;
    if (client.status !== 'ready' || stream === undefined || !stream.writable) return false;
    if (corked !== stream || waiting === together) cork(stream);
    waiting += 1;
    // What left when it was corked may have failed at once.
    return stream.writable;
  }

  /**
   * From the first subscription on the stream is read by ourselves: ioredis loses messages when the last of one kind of
   * subscription ends while another kind lives on, never answers an SSUBSCRIBE that is MOVED (5.x), and does not tell which
   * shard channel a server ended.
   */
  function subscribing(): StreamSubscriber | undefined {
    const { stream } = client;
    if (closed || !stream?.writable) return undefined;
    if (subscriber === undefined) {
      stream.removeAllListeners('data');
      subscriber = new StreamSubscriber(stream, { ...events, lost });
    }
    return subscriber;
  }

  const gone = () => Promise.reject(notConnected('the subscriber connection'));
  return {
    connected: connect(),
    get ready() {
      return client.status === 'ready' && client.stream?.writable === true;
    },
    call: ({ args }) =>
      writable() ? client.callBuffer(args[0] as string, args.slice(1)) : Promise.reject(notConnected()),
    subscribe: (kind, name) => subscribing()?.subscribe(kind, name) ?? gone(),
    unsubscribe: (kind, name) => subscribing()?.unsubscribe(kind, name) ?? gone(),
    subscribeAll: (kind, names) => subscribing()?.subscribeAll(kind, names) ?? gone(),
    close,
  };
}
