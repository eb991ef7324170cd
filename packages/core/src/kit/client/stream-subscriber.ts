import type { FeedKind } from '../../contract/feed.js';
import { ServerError } from '../../errors/server-error.js';
import type { ConnectionEvents } from './client-adapter.js';
import { RespReader, type RespValue } from './resp-reader.js';

/** A connected socket that nobody else reads any more. */
export interface SubscriberStream {
  write(data: Buffer): unknown;
  on(event: 'data', listener: (piece: Buffer) => void): unknown;
}

interface Waiting {
  readonly verb: string;
  /** The server acknowledges them one by one, in this order; an error answers for all. */
  readonly names: readonly string[];
  acknowledged: number;
  resolve(): void;
  reject(error: unknown): void;
}

const verbs = { channel: 'subscribe', pattern: 'psubscribe', shard: 'ssubscribe' } as const;
const endings = { channel: 'unsubscribe', pattern: 'punsubscribe', shard: 'sunsubscribe' } as const;

/**
 * RESP2 subscriptions straight on a client's socket, once the client has connected it (TLS, password, sentinels): for clients
 * whose own subscriptions cannot be trusted.
 */
export class StreamSubscriber {
  readonly #stream: SubscriberStream;
  readonly #events: ConnectionEvents;
  /** Requests in the order they were written, which is the order of their answers. */
  readonly #waiting: Waiting[] = [];
  #ended = false;

  constructor(stream: SubscriberStream, events: ConnectionEvents) {
    this.#stream = stream;
    this.#events = events;
    const reader = new RespReader();
    stream.on('data', (piece) => {
      try {
        reader.read(piece, (value) => this.#received(value));
      } catch (error) {
        if (!this.#ended) events.lost(error);
      }
    });
  }

  subscribe(kind: FeedKind, name: string): Promise<void> {
    return this.#request(verbs[kind], [name]);
  }

  subscribeAll(kind: FeedKind, names: readonly string[]): Promise<void> {
    return this.#request(verbs[kind], names);
  }

  unsubscribe(kind: FeedKind, name: string): Promise<void> {
    return this.#request(endings[kind], [name]);
  }

  /** The connection is gone, or closed: nothing is told from now on, and what waits for an answer rejects. */
  end(error: unknown): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #request(verb: string, names: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ verb, names, acknowledged: 0, resolve, reject });
      const parts = [verb, ...names].map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
      this.#stream.write(Buffer.from(`*${parts.length}\r\n${parts.join('')}`));
    });
  }

  #received(value: RespValue): void {
    if (this.#ended) return;
    if (value instanceof Error) {
      const { verb, reject } = this.#waiting.shift() ?? {};
      const command = verb?.toUpperCase();
      reject?.(new ServerError(value.message, command === undefined ? {} : { command }));
      return;
    }
    if (!Array.isArray(value)) return;
    const [verb, first, second, third] = value.map((part, i) => (i === 0 ? String(part) : part));
    if (verb === 'message')
      this.#events.message('channel', String(first), second as Buffer | Buffer[] | null);
    else if (verb === 'smessage') this.#events.message('shard', String(first), second as Buffer);
    else if (verb === 'pmessage') {
      this.#events.message('pattern', String(second), third as Buffer, String(first));
    } else if (!this.#acknowledged(String(verb), String(first)) && verb === endings.shard) {
      this.#events.unsubscribed(String(first));
    }
  }

  #acknowledged(verb: string, name: string): boolean {
    const first = this.#waiting[0];
    if (first === undefined || first.verb !== verb || first.names[first.acknowledged] !== name) return false;
    if (++first.acknowledged < first.names.length) return true;
    this.#waiting.shift();
    first.resolve();
    return true;
  }
}
