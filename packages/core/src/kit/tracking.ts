import type { Clock, Timer } from '../contract/clock.js';
import type { FeedSink } from '../contract/feed.js';
import type { Lane } from '../contract/lane.js';
import type { RandomSource } from '../contract/random.js';
import { isUnavailable } from '../errors/availability.js';
import { reportListenerError } from '../feed/listener-errors.js';
import { okReply } from '../reply/readers.js';
import { backoffMs } from '../time/backoff.js';
import { Silence, silenceMsOf } from './silence.js';
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

/** One pair of connections, from its opening until either of them is gone. */
interface Pair {
  subscriber: SubscriberConnection | undefined;
  lane: Lane | undefined;
  /** Bounds the wait for the subscriber's acknowledgement. */
  readonly silence: Silence;
  over: boolean;
}

const backoff = { baseMs: 20, maxMs: 2000, jitter: 'equal' } as const;

/**
 * CLIENT TRACKING in broadcast mode on one server: invalidations are redirected to a subscriber connection, which works
 * alike on every client and protocol. Whenever the pair of connections is set up anew, everything counts as invalidated.
 */
export class Tracking {
  readonly #parts: TrackingParts;
  #pair: Pair | undefined;
  #timer: Timer | undefined;
  #attempt = 0;
  #closed = false;
  /** The code of the refusal that was told last. */
  #refusal: string | undefined;

  constructor(parts: TrackingParts) {
    this.#parts = parts;
    this.#start();
  }

  /** Drops the pair of connections and sets up another. */
  renew(): void {
    if (this.#pair !== undefined) this.#again(this.#pair);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    if (this.#pair !== undefined) await end(this.#pair);
  }

  #start(): void {
    const { clock, transport } = this.#parts;
    const silence = new Silence(clock, silenceMsOf(transport.silenceMs));
    const pair: Pair = { subscriber: undefined, lane: undefined, silence, over: false };
    this.#pair = pair;
    this.#setUp(pair).then(
      () => {
        this.#attempt = 0;
        this.#refusal = undefined;
      },
      (error: unknown) => {
        if (!pair.over) this.#told(error);
        this.#again(pair);
      },
    );
  }

  /** A refusal, of rights say, does not pass by waiting: whoever runs this hears of it, each kind once. */
  #told(raw: unknown): void {
    const error = this.#parts.transport.translate(raw);
    const { code } = error;
    if (this.#closed || code === this.#refusal || isUnavailable(error)) return;
    this.#refusal = code;
    reportListenerError(error);
  }

  async #setUp(pair: Pair): Promise<void> {
    const { transport, sink, deliver, prefixes } = this.#parts;
    pair.subscriber = await transport.openSubscriber(undefined, {
      message(_kind, _channel, payload) {
        if (pair.over || payload instanceof Uint8Array) return;
        deliver(() => sink.invalidated(payload as readonly Uint8Array[] | null));
      },
      unsubscribed: () => undefined,
      lost: () => this.#again(pair),
    });
    // Whoever ended the pair meanwhile could not close what was not there yet.
    if (pair.over) return end(pair);
    const { subscriber, silence } = pair;
    await silence.during((inTime) => inTime(subscriber.subscribe('channel', '__redis__:invalidate')));
    pair.lane = await this.#parts.openLane(undefined);
    if (pair.over) return end(pair);
    pair.lane.lost.addEventListener('abort', () => this.#again(pair), { once: true });
    await pair.lane.send({
      args: [
        ...(['CLIENT', 'TRACKING', 'ON', 'REDIRECT', pair.subscriber.id, 'BCAST'] as const),
        ...prefixes.flatMap((prefix) => ['PREFIX', prefix]),
      ],
      read: okReply('CLIENT TRACKING'),
    });
    deliver(() => sink.invalidated(null));
  }

  #again(pair: Pair): void {
    if (pair.over) return;
    void end(pair);
    if (this.#closed) return;
    this.#attempt++;
    this.#timer = this.#parts.clock.timer(backoffMs(backoff, this.#attempt, this.#parts.random), () => {
      this.#timer = undefined;
      this.#start();
    });
  }
}

/** Ends both connections, as far as they are there. */
async function end(pair: Pair): Promise<void> {
  pair.over = true;
  pair.subscriber?.close();
  pair.silence.end('the connection for invalidations was given up', undefined);
  await pair.lane?.close();
}
