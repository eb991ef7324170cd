import type { Clock, Timer } from '../contract/clock.js';
import type { FeedSink } from '../contract/feed.js';
import type { Lane } from '../contract/lane.js';
import type { RandomSource } from '../contract/random.js';
import { okReply } from '../reply/readers.js';
import { backoffMs } from '../time/backoff.js';
import type { SubscriberConnection, Transport } from './transport.js';

/** What tracking needs of its feed. */
export interface TrackingParts {
  readonly transport: Transport;
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly prefixes: readonly string[];
  openLane(key: string | undefined): Promise<Lane>;
  deliver(act: () => void): void;
}

const backoff = { baseMs: 20, maxMs: 2000, jitter: 'equal' } as const;

/**
 * CLIENT TRACKING in broadcast mode on one server: invalidations are redirected to a subscriber connection, which works
 * alike on every client and protocol. Whenever the pair of connections is set up anew, everything counts as invalidated.
 */
export class Tracking {
  readonly #parts: TrackingParts;
  #subscriber: SubscriberConnection | undefined;
  #lane: Lane | undefined;
  #timer: Timer | undefined;
  #attempt = 0;
  #closed = false;

  constructor(parts: TrackingParts) {
    this.#parts = parts;
    this.#start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#subscriber?.close();
    await this.#lane?.close();
  }

  #start(): void {
    this.#setUp().then(
      () => {
        this.#attempt = 0;
      },
      () => this.#again(),
    );
  }

  async #setUp(): Promise<void> {
    const { transport, sink, deliver, prefixes } = this.#parts;
    const subscriber = await transport.openSubscriber(undefined, {
      message(_kind, _channel, payload) {
        if (payload instanceof Uint8Array) return;
        deliver(() => sink.invalidated(payload as readonly Uint8Array[] | null));
      },
      unsubscribed: () => undefined,
      lost: () => this.#again(),
    });
    this.#subscriber = subscriber;
    await subscriber.subscribe('channel', '__redis__:invalidate');
    const lane = await this.#parts.openLane(undefined);
    this.#lane = lane;
    if (this.#closed) {
      await this.close();
      return;
    }
    lane.lost.addEventListener('abort', () => this.#again(), { once: true });
    await lane.send({
      args: [
        'CLIENT',
        'TRACKING',
        'ON',
        'REDIRECT',
        subscriber.id,
        'BCAST',
        ...prefixes.flatMap((prefix) => ['PREFIX', prefix]),
      ],
      read: okReply('CLIENT TRACKING'),
    });
    deliver(() => sink.invalidated(null));
  }

  #again(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#subscriber?.close();
    const lane = this.#lane;
    this.#subscriber = undefined;
    this.#lane = undefined;
    this.#attempt++;
    this.#timer = this.#parts.clock.timer(backoffMs(backoff, this.#attempt, this.#parts.random), () => {
      this.#timer = undefined;
      const ended = lane?.close() ?? Promise.resolve();
      ended.then(
        () => this.#start(),
        () => this.#start(),
      );
    });
  }
}
