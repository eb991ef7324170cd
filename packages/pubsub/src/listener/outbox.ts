import { reportListenerError } from '@penknife/core';
import type { Counters } from '../counters.js';
import { SlowListenerError } from '../errors.js';
import type { ChannelEvent } from '../event.js';
import type { Position } from '../position.js';
import { type KeyOf, type LineCounters, type ListenerOverflow, WaitingLine } from './waiting-line.js';

/** Who takes the events of an outbox: one at a time, the next one when the returned promise has settled. */
export interface Consumer<T> {
  take(event: ChannelEvent<T>): void | Promise<void>;
  /** Nothing follows. With an error when it was not the listener's own wish. */
  ended(error: unknown): void;
  /** Present where the consumer has to ask before it is given anything. */
  readonly firstDemand?: Promise<void>;
}

/** How one listener is served. */
export interface OutboxOptions<T> {
  readonly queueLimit: number;
  readonly overflow: ListenerOverflow;
  readonly key: KeyOf<T> | undefined;
  /** False: what this `createPubSub` published itself is left out. */
  readonly echo: boolean;
}

/**
 * Hands events to one listener, one at a time and in order. Its slowness fills its own bounded line, what it throws is
 * reported; neither reaches anybody else.
 */
export class Outbox<T> {
  readonly #consumer: Consumer<T>;
  readonly #options: OutboxOptions<T>;
  readonly #total: Counters;
  readonly #line: WaitingLine<T>;
  readonly #own: LineCounters & { delivered: number } = { delivered: 0, dropped: 0, conflated: 0 };
  readonly #next = (): void => {
    this.#busy = false;
    this.#pump();
  };
  readonly #failed = (error: unknown): void => {
    reportListenerError(error);
    this.#next();
  };
  #busy = false;
  #held = false;
  #closed = false;
  #front: ChannelEvent<T>[] = [];
  #frontTaken: (() => void) | undefined;
  #position: Position | undefined;
  /** The last gap had no end: where the listener stands now nobody knows. */
  #isAdrift = false;
  #skip: Position | undefined;
  /** Resolves when it is closed, by whomever. */
  readonly gone: Promise<void>;
  #go: () => void = () => undefined;
  /** Told once when the outbox ended by itself. */
  onEnd: (() => void) | undefined;

  constructor(consumer: Consumer<T>, options: OutboxOptions<T>, total: Counters) {
    this.#consumer = consumer;
    this.#options = options;
    this.#total = total;
    const { queueLimit, overflow, key } = options;
    const own = this.#own;
    this.gone = new Promise((resolve) => {
      this.#go = resolve;
    });
    this.#line = new WaitingLine(queueLimit, overflow, key, {
      get dropped() {
        return own.dropped;
      },
      set dropped(count) {
        total.dropped += count - own.dropped;
        own.dropped = count;
      },
      get conflated() {
        return own.conflated;
      },
      set conflated(count) {
        total.conflated += count - own.conflated;
        own.conflated = count;
      },
    });
    if (consumer.firstDemand !== undefined) {
      this.#busy = true;
      consumer.firstDemand.then(this.#next, this.#failed);
    }
  }

  get delivered(): number {
    return this.#own.delivered;
  }

  get dropped(): number {
    return this.#own.dropped;
  }

  get conflated(): number {
    return this.#own.conflated;
  }

  /** How many events wait. */
  get queued(): number {
    return this.#line.size;
  }

  /** The last position handed over or announced. */
  get position(): Position | undefined {
    return this.#position;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Where the listener begins: gaps count from here. */
  startAt(position: Position | undefined): void {
    this.#position = position;
  }

  /** Leaves out messages up to and including a position that the listener has seen elsewhere, of those that wait, too. */
  skipThrough(position: Position): void {
    this.#skip = position;
    this.#line.sift((event) => this.#skip === undefined || !this.#skips(event, this.#skip));
  }

  push(event: ChannelEvent<T>): void {
    if (this.#skip !== undefined && this.#skips(event, this.#skip)) return;
    if (this.#closed || (event.type === 'message' && event.own && !this.#options.echo)) return;
    if (!this.#busy && !this.#held) {
      this.#hand(event);
      return;
    }
    let taken = true;
    try {
      taken = this.#line.push(event);
    } catch (error) {
      // The listener's own key function threw: its message is lost to it, nobody else is concerned.
      reportListenerError(error);
      this.#line.lose(event);
    }
    if (!taken) this.end(new SlowListenerError(this.#options.queueLimit));
  }

  /** From now on events wait, until `release`. */
  hold(): void {
    this.#held = true;
  }

  /** Hands events over before all that waits; resolves when the last one was taken (or the outbox closed). */
  replay(events: readonly ChannelEvent<T>[]): Promise<void> {
    if (events.length === 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#front = [...events].reverse();
      this.#frontTaken = resolve;
      this.#pump();
    });
  }

  release(): void {
    this.#held = false;
    this.#pump();
  }

  /** Ends it for a reason of its own, which the consumer hears. */
  end(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#consumer.ended(error);
    this.onEnd?.();
  }

  /** Nothing is handed over from now on. */
  close(): void {
    this.#closed = true;
    this.#go();
    this.#line.clear();
    this.#front = [];
    this.#frontTaken?.();
    this.#frontTaken = undefined;
  }

  #skips(event: ChannelEvent<T>, through: Position): boolean {
    const end = event.type === 'message' ? event.position : event.to;
    const isBehind = end?.epoch === through.epoch && end.offset <= through.offset;
    if (isBehind && (event.type === 'message' || event.unrecovered !== 'rewound')) return true;
    this.#skip = undefined;
    return false;
  }

  #standAt(position: Position): void {
    this.#position = position;
    this.#isAdrift = false;
  }

  #pump(): void {
    while (!this.#busy && !this.#closed) {
      let event = this.#front.pop();
      if (event === undefined) {
        const taken = this.#frontTaken;
        this.#frontTaken = undefined;
        taken?.();
        if (this.#held) return;
        event = this.#line.shift(this.#isAdrift ? undefined : this.#position);
      } else if (event.type === 'message' && event.own && !this.#options.echo) continue;
      if (event === undefined) return;
      this.#hand(event);
    }
  }

  #hand(event: ChannelEvent<T>): void {
    if (event.type === 'message') {
      this.#own.delivered++;
      this.#total.delivered++;
      if (event.position !== undefined) this.#standAt(event.position);
    } else if (event.to !== undefined) this.#standAt(event.to);
    else if (!event.recovered) this.#isAdrift = true;
    let result: void | Promise<void>;
    try {
      result = this.#consumer.take(event);
    } catch (error) {
      reportListenerError(error);
      return;
    }
    if (result === undefined) return;
    this.#busy = true;
    Promise.resolve(result).then(this.#next, this.#failed);
  }
}
