import type { Clock, Timer } from '../contract/clock.js';
import type { FeedKind } from '../contract/feed.js';
import type { RandomSource } from '../contract/random.js';
import { isUnavailable } from '../errors/availability.js';
import { ClosedError } from '../errors/closed-error.js';
import { ConnectionError } from '../errors/connection-error.js';
import type { PenknifeError } from '../errors/penknife-error.js';
import { isServerError } from '../errors/server-error.js';
import { reportListenerError } from '../feed/listener-errors.js';
import { backoffMs } from '../time/backoff.js';
import { type Await, Silence } from './silence.js';
import { isRedirection, subscribeTogether } from './subscribe-together.js';
import type { SubscriberConnection } from './transport.js';
import { settle, type Wanted } from './wanted-subscription.js';

/** What a home needs. */
export interface HomeParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** How long the server may say nothing while an answer is due, in ms: then the connection is taken for dead. */
  readonly silenceMs: number;
  open(events: { lost(error: unknown): void }): Promise<SubscriberConnection>;
  translate(error: unknown): PenknifeError;
  /** Names that are live again after a cut. */
  recovered(entries: readonly Wanted[], reason: string): void;
  /** A name that was live is not taken again: nothing arrives on it any more. */
  refused(entry: Wanted, error: PenknifeError): void;
  /** The server says that this shard channel lives elsewhere now. */
  moved(entry: Wanted): void;
}

const backoff = { baseMs: 20, maxMs: 2000, jitter: 'equal' } as const;

/**
 * The subscriptions of one node on one connection. It keeps what is wanted and what is live, and one loop makes the second
 * equal to the first: opening, subscribing all at once, unsubscribing, and starting over with growing waits after a cut.
 * Because only the loop talks to the server, a quick unsubscribe and re-subscribe of a name can never overtake each other.
 */
export class SubscriptionHome {
  readonly #parts: HomeParts;
  readonly #entries = new Map<string, Wanted>();
  readonly #silence: Silence;
  #connection: SubscriberConnection | undefined;
  #running = false;
  #closed = false;
  #attempt = 0;
  #timer: Timer | undefined;
  #reason = 'connection lost';
  #failure: unknown;
  /** Subscriptions that were cut are on their way back. */
  #isRecovering = false;

  constructor(parts: HomeParts) {
    this.#parts = parts;
    this.#silence = new Silence(parts.clock, parts.silenceMs);
  }

  /** Why there is no connection; undefined while there is one. */
  get failure(): unknown {
    return this.#connection === undefined ? this.#failure : undefined;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes a subscription; resolves when it is live, rejects when the server refuses it. */
  add(kind: FeedKind, name: string, interrupted: boolean): Promise<void> {
    const id = `${kind} ${name}`;
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = { kind, name, wanted: true, live: false, interrupted, waiters: [], served: [] };
      this.#entries.set(id, entry);
    }
    entry.wanted = true;
    entry.interrupted ||= interrupted;
    this.#isRecovering ||= interrupted;
    return this.#changed(entry);
  }

  /** Ends a subscription; resolves when the server acknowledged that, or when there is no connection it could live on. */
  remove(kind: FeedKind, name: string): Promise<void> {
    const entry = this.#entries.get(`${kind} ${name}`);
    if (entry === undefined) return Promise.resolve();
    entry.wanted = false;
    if (this.#connection === undefined) {
      // There is no connection it could live on: nothing to wait for, least of all the next one.
      this.#ended(entry);
      return Promise.resolve();
    }
    return this.#changed(entry);
  }

  /** Gives an entry up, for another home to take. Another entry of the same name stays. */
  release(entry: Wanted): void {
    const id = `${entry.kind} ${entry.name}`;
    if (this.#entries.get(id) === entry) this.#entries.delete(id);
  }

  entry(kind: FeedKind, name: string): Wanted | undefined {
    return this.#entries.get(`${kind} ${name}`);
  }

  /**
   * A message came: on a subscription that was cut, its gap comes first. The server sends what is published right behind its
   * acknowledgement, and a client may hand both over at once.
   */
  heard(kind: FeedKind, name: string): void {
    this.#silence.heard();
    if (!this.#isRecovering || this.#connection === undefined) return;
    const entry = this.entry(kind, name);
    if (!entry?.interrupted) return;
    entry.live = true;
    this.#recovered([entry]);
  }

  /** Drops the connection; what was live is subscribed anew on the next, and hears a gap. */
  renew(reason: string): void {
    if (this.#connection !== undefined) this.#lost(new ConnectionError(reason, { sent: 'maybe' }));
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#connection?.close();
    this.#connection = undefined;
    this.#silence.end('the feed was closed', undefined);
    for (const entry of this.#entries.values()) settle(entry, new ClosedError('feed'));
    this.#entries.clear();
  }

  #changed(entry: Wanted): Promise<void> {
    return new Promise((resolve, reject) => {
      entry.waiters.push({ resolve, reject });
      this.#run();
    });
  }

  #run(): void {
    if (this.#running || this.#closed || this.#timer !== undefined) return;
    this.#running = true;
    this.#reconcile().then(
      () => {
        this.#attempt = 0;
      },
      (error: unknown) => {
        this.#running = false;
        this.#refused(error);
        this.#lost(error);
      },
    );
  }

  async #reconcile(): Promise<void> {
    for (;;) {
      const work = [...this.#entries.values()].filter(
        (entry) => entry.wanted !== entry.live || entry.waiters.length > 0,
      );
      if (work.length === 0 || this.#closed) {
        // In the same turn as the look at the work: whoever comes later starts the loop anew.
        this.#running = false;
        this.#isRecovering = false;
        return;
      }
      if (this.#connection === undefined && !work.some((entry) => entry.wanted)) {
        for (const entry of work) this.#ended(entry);
        continue;
      }
      const connection = this.#connection ?? (await this.#open());
      if (connection === undefined) return;
      const missing = work.filter((entry) => entry.wanted && !entry.live);
      const subscribe = subscribeTogether(connection, missing, this.#parts.translate);
      await this.#silence.during((inTime) =>
        Promise.all(work.map((entry) => this.#settleEntry(connection, entry, subscribe, inTime))),
      );
      const recovered = work.filter((entry) => entry.live && entry.interrupted);
      if (recovered.length > 0) this.#recovered(recovered);
    }
  }

  #recovered(entries: readonly Wanted[]): void {
    for (const entry of entries) entry.interrupted = false;
    this.#parts.recovered(entries, this.#reason);
  }

  async #open(): Promise<SubscriberConnection | undefined> {
    let gone = false;
    let opened: SubscriberConnection | undefined;
    opened = await this.#parts.open({
      lost: (error) => {
        gone = true;
        if (opened !== undefined && this.#connection === opened) this.#lost(error);
      },
    });
    if (this.#closed) {
      opened.close();
      return undefined;
    }
    if (gone) throw new Error('the connection dropped while it was opened');
    this.#connection = opened;
    return opened;
  }

  async #settleEntry(
    connection: SubscriberConnection,
    entry: Wanted,
    subscribe: (entry: Wanted) => Promise<void>,
    inTime: Await,
  ): Promise<void> {
    // What callers wait for is the state as it is wanted now; those who come during the round wait for the next one.
    const waiters = entry.waiters;
    const { wanted } = entry;
    entry.waiters = [];
    entry.served = waiters;
    try {
      if (wanted && !entry.live) {
        await inTime(subscribe(entry));
        if (this.#connection === connection) entry.live = true;
        else {
          // It was live, and went with its connection before this line: what was published since is lost.
          entry.interrupted = true;
          this.#isRecovering = true;
        }
      } else if (!wanted && entry.live) {
        await inTime(connection.unsubscribe(entry.kind, entry.name));
        entry.live = false;
      }
      if (!wanted && !entry.wanted) this.release(entry);
      entry.served = [];
      for (const waiter of waiters) waiter.resolve();
    } catch (raw) {
      entry.served = [];
      const error = this.#parts.translate(raw);
      if (isRedirection(error)) {
        entry.waiters.unshift(...waiters);
        this.#parts.moved(entry);
      } else if (isServerError(error) && !isUnavailable(error)) {
        entry.wanted = false;
        this.release(entry);
        for (const waiter of waiters) waiter.reject(error);
        // A re-subscription that is refused has no caller to hear of it.
        if (waiters.length === 0) this.#parts.refused(entry, error);
      } else {
        entry.waiters.unshift(...waiters);
        throw error;
      }
    }
  }

  /** A server that will not let us in will not let us in the next time: callers hear of it instead of waiting on. */
  #refused(raw: unknown): void {
    const error = this.#parts.translate(raw);
    if (!isServerError(error) || isUnavailable(error)) return;
    reportListenerError(error);
    for (const entry of [...this.#entries.values()]) {
      if (entry.waiters.length === 0) continue;
      if (!entry.interrupted) this.release(entry);
      settle(entry, error);
    }
  }

  #ended(entry: Wanted): void {
    this.release(entry);
    settle(entry, undefined);
  }

  #lost(error: unknown): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
    if (this.#closed) return;
    this.#failure = this.#parts.translate(error);
    this.#silence.end((this.#failure as PenknifeError).message, error);
    // What dropped after a renewal dropped because of it.
    if (connection !== undefined) this.#reason = (this.#failure as PenknifeError).message;
    for (const entry of this.#entries.values()) {
      if (entry.live) entry.interrupted = true;
      this.#isRecovering ||= entry.interrupted;
      entry.live = false;
    }
    if (this.#entries.size === 0 || this.#timer !== undefined) return;
    this.#attempt++;
    this.#timer = this.#parts.clock.timer(backoffMs(backoff, this.#attempt, this.#parts.random), () => {
      this.#timer = undefined;
      this.#run();
    });
  }
}
