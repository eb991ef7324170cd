import { ConnectionError, type FeedKind, ServerError } from '@penknife/core';
import type { SubscriberConnection, SubscriberEvents } from '@penknife/core/driver-kit';
import type { NodeClient } from './client-types.js';
import { connectOnce } from './lane-connection.js';
import { RespReader, type RespValue } from './resp-reader.js';
import { connectError } from './translate-error.js';

const verbs = { channel: 'subscribe', pattern: 'psubscribe', shard: 'ssubscribe' } as const;
const endings = { channel: 'unsubscribe', pattern: 'punsubscribe', shard: 'sunsubscribe' } as const;

interface Waiting {
  readonly verb: string;
  readonly name: string;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Subscriptions on one connection. ioredis connects it (TLS, password, sentinels); then its socket is read here, because
 * ioredis loses messages when the last of one kind of subscription ends while another kind lives on, never answers an
 * SSUBSCRIBE that is MOVED (5.x), and does not tell which shard channel a server ended.
 */
export async function openSubscriberConnection(
  client: NodeClient,
  node: string,
  events: SubscriberEvents,
): Promise<SubscriberConnection> {
  const connected = await connectOnce(client);
  const { stream } = client;
  if (stream === undefined) throw connectError(new Error('the client has no stream'));
  /** Requests in the order they were written, which is the order of their answers. */
  const waiting: Waiting[] = [];
  const reader = new RespReader();
  let ended = false;

  function end(error: unknown): void {
    if (ended) return;
    ended = true;
    connected.close();
    for (const { reject } of waiting.splice(0)) reject(error);
  }

  function fail(error: unknown): void {
    if (ended) return;
    end(error);
    events.lost(error);
  }

  function acknowledged(verb: string, name: string): boolean {
    const first = waiting[0];
    if (first === undefined || first.verb !== verb || first.name !== name) return false;
    waiting.shift();
    first.resolve();
    return true;
  }

  function received(value: RespValue): void {
    if (ended) return;
    if (value instanceof Error) {
      const { verb, reject } = waiting.shift() ?? {};
      const command = verb?.toUpperCase();
      reject?.(new ServerError(value.message, command === undefined ? {} : { command }));
      return;
    }
    if (!Array.isArray(value)) return;
    const [verb, first, second, third] = value.map((part, i) => (i === 0 ? String(part) : part));
    if (verb === 'message') events.message('channel', String(first), second as Buffer | Buffer[] | null);
    else if (verb === 'smessage') events.message('shard', String(first), second as Buffer);
    else if (verb === 'pmessage') {
      events.message('pattern', String(second), third as Buffer, String(first));
    } else if (!acknowledged(String(verb), String(first)) && verb === endings.shard) {
      events.unsubscribed(String(first));
    }
  }

  stream.removeAllListeners('data');
  stream.on('data', (piece) => {
    try {
      reader.read(piece, received);
    } catch (error) {
      fail(error);
    }
  });
  void connected.lost.then((reason) => fail(connectError(reason)));

  function request(verb: string, name: string): Promise<void> {
    if (ended || !stream?.writable) {
      return Promise.reject(new ConnectionError('the subscriber connection is gone', { sent: 'no' }));
    }
    return new Promise((resolve, reject) => {
      waiting.push({ verb, name, resolve, reject });
      stream.write(
        Buffer.from(`*2\r\n$${verb.length}\r\n${verb}\r\n$${Buffer.byteLength(name)}\r\n${name}\r\n`),
      );
    });
  }

  return {
    node,
    id: connected.id,
    subscribe: (kind: FeedKind, name) => request(verbs[kind], name),
    unsubscribe: (kind: FeedKind, name) => request(endings[kind], name),
    close: () => end(new ConnectionError('the subscriber connection was closed', { sent: 'maybe' })),
  };
}
