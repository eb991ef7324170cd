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
  readonly name: string;
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
    return this.#request(verbs[kind], name);
  }

  unsubscribe(kind: FeedKind, name: string): Promise<void> {
    return this.#request(endings[kind], name);
  }

  /** The connection is gone, or closed: nothing is told from now on, and what waits for an answer rejects. */
  end(error: unknown): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #request(verb: string, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ verb, name, resolve, reject });
      const length = Buffer.byteLength(name);
      this.#stream.write(Buffer.from(`*2\r\n$${verb.length}\r\n${verb}\r\n$${length}\r\n${name}\r\n`));
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
    if (first === undefined || first.verb !== verb || first.name !== name) return false;
    this.#waiting.shift();
    first.resolve();
    return true;
  }
}
