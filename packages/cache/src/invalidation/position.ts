import {
  type Driver,
  type FeedSubscription,
  reportListenerError,
  sharedFeed,
  type Timer,
} from '@penknife/core';
import type { Availability } from '../availability.js';
import { catchUp } from '../commands.js';
import { originLength } from '../entry/header.js';
import type { Places } from '../keys.js';
import type { ResolvedOptions } from '../options.js';
import { type InvalidationRecord, parseRecord } from './record.js';

/** What an invalidation does in this process. */
export interface InvalidationSink {
  drop(id: string): void;
  dropAll(): void;
}

/** After this long without, the server's clock is asked for again. */
const clockLifeMs = 30_000;
/** The most invalidations worth replaying; after more, dropping everything is cheaper. */
const mostReplayed = 500;

/**
 * Where this process stands in the cache's invalidations. Messages bring it forward at once; the log, asked every half
 * lease while the cache is used, brings what messages missed. `confirmedUntil` is the promise to readers: whatever
 * was invalidated a lease ago or earlier has been applied here.
 */
export class InvalidationPosition {
  readonly #driver: Driver;
  readonly #places: Places;
  readonly #options: ResolvedOptions;
  readonly #availability: Availability;
  readonly #sink: InvalidationSink;
  #record: InvalidationRecord | undefined;
  #lastText = '';
  #position = 0;
  /** On the monotonic clock. */
  confirmedUntil: number = Number.NEGATIVE_INFINITY;
  /** Somebody read since the last round. */
  used = false;
  #clock: { readonly serverMs: number; readonly sentAt: number; readonly answeredAt: number } | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #timer: Timer | undefined;
  #subscription: Promise<FeedSubscription | undefined> | undefined;
  #closed = false;

  constructor(
    driver: Driver,
    places: Places,
    options: ResolvedOptions,
    availability: Availability,
    sink: InvalidationSink,
  ) {
    this.#driver = driver;
    this.#places = places;
    this.#options = options;
    this.#availability = availability;
    this.#sink = sink;
  }

  get position(): number {
    return this.#position;
  }

  get origin(): string | undefined {
    return this.#record?.origin;
  }

  /** The server's clock, not earlier than it is: for judging age. */
  serverMsLatest(): number {
    return this.#serverMs((clock) => clock.sentAt);
  }

  /** The server's clock, not later than it is: for stamping. */
  serverMsEarliest(): number {
    return this.#serverMs((clock) => clock.answeredAt);
  }

  /** Resolves when the server's clock is known; keeps the rounds going from then on. */
  ready(): Promise<void> | undefined {
    this.used = true;
    this.#arm();
    if (this.#clock === undefined) return this.catchUp();
    if (this.#driver.clock.monotonic() - this.#clock.answeredAt > clockLifeMs) this.#catchUpSoon();
    return undefined;
  }

  /** Takes the record that came with a read sent at `sentAt` from `positionThen`. Undefined: it has to be made first. */
  observe(text: string | undefined, sentAt: number, positionThen: number): InvalidationRecord | undefined {
    const record = text === this.#lastText ? this.#record : parseRecord(text ?? '');
    if (record === undefined) return undefined;
    this.#lastText = text as string;
    if (this.#startedOver(record, positionThen)) return record;
    this.#record = record;
    // Without a local tier nothing has to be replayed.
    if (this.#options.local === undefined) this.#position = Math.max(this.#position, record.position);
    if (record.position > this.#position) this.#catchUpSoon();
    else this.#confirm(sentAt);
    return record;
  }

  /** An invalidation that this process announced itself. */
  announced(text: string): InvalidationRecord | undefined {
    const record = parseRecord(text);
    if (record === undefined || this.#startedOver(record, 0)) return record;
    if (record.position === this.#position + 1) this.#position++;
    else if (record.position > this.#position) this.#catchUpSoon();
    return record;
  }

  /** Asks the log. Calls share the round under way. Rejects when the server cannot be asked. */
  catchUp(): Promise<void> {
    this.#round ??= this.#ask().finally(() => {
      this.#round = undefined;
      if (this.#again) {
        this.#again = false;
        this.#catchUpSoon();
      }
    });
    return this.#round;
  }

  newOrigin(): string {
    return Buffer.from(this.#driver.random.bytes(6)).toString('base64url').slice(0, originLength);
  }

  /** Nothing is heard from here on. The server is told in the background: it may be out of reach. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.confirmedUntil = Number.NEGATIVE_INFINITY;
    this.#subscription?.then((subscription) => subscription?.close()).catch(reportListenerError);
  }

  async #ask(): Promise<void> {
    const { clock } = this.#driver;
    const positionThen = this.#position;
    const sentAt = clock.monotonic();
    const command = catchUp(this.#places, this.newOrigin(), this.origin, positionThen, mostReplayed);
    const answer = await this.#availability.ask(() =>
      this.#driver.send(command, { deadlineMs: this.#options.deadlineMs }),
    );
    this.#clock = { serverMs: answer.serverMs, sentAt, answeredAt: clock.monotonic() };
    const record = parseRecord(answer.record);
    if (record === undefined || this.#startedOver(record, positionThen)) return;
    if (answer.complete) {
      for (const [i, { kind, id }] of answer.invalidations.entries()) {
        if (positionThen + i + 1 > this.#position) this.#apply(kind, id);
      }
    } else this.#sink.dropAll();
    this.#record = record;
    this.#position = Math.max(this.#position, record.position);
    this.#confirm(sentAt);
  }

  /** True when the record is another one than before, or went back: nothing known holds any more. */
  #startedOver(record: InvalidationRecord, positionThen: number): boolean {
    if (record.origin === this.origin && record.position >= positionThen) return false;
    this.#record = record;
    this.#position = record.position;
    this.confirmedUntil = Number.NEGATIVE_INFINITY;
    this.#sink.dropAll();
    return true;
  }

  #confirm(sentAt: number): void {
    if (this.#closed) return;
    this.confirmedUntil = Math.max(this.confirmedUntil, sentAt + this.#options.l1LeaseMs);
  }

  #apply(kind: string, id: string): void {
    if (kind === 'key') this.#sink.drop(id);
    else this.#sink.dropAll();
  }

  #news(payload: Uint8Array): void {
    const [origin, number, kind, id] = Buffer.from(payload).toString('utf8').split(' ');
    const position = Number(number);
    if (origin !== this.origin || kind === undefined || id === undefined || position <= this.#position)
      return;
    this.#apply(kind, id);
    if (position === this.#position + 1) this.#position = position;
    else this.#catchUpSoon();
  }

  #catchUpSoon(): void {
    if (this.#closed) return;
    if (this.#round !== undefined) this.#again = true;
    // A round that failed has told the availability; the lease runs out meanwhile.
    else this.catchUp().catch(() => undefined);
  }

  #arm(): void {
    if (this.#closed || this.#options.local === undefined) return;
    this.#subscription ??= this.#subscribe();
    this.#timer ??= this.#driver.clock.timer(this.#options.l1LeaseMs / 2, () => {
      this.#timer = undefined;
      if (!this.used) return;
      this.used = false;
      this.#catchUpSoon();
      this.#arm();
    });
  }

  /** Messages are for speed only: without them the log still tells everything, later. */
  async #subscribe(): Promise<FeedSubscription | undefined> {
    try {
      return await sharedFeed(this.#driver).listen('channel', this.#places.news, {
        message: (payload) => this.#news(payload),
        gap: () => this.#catchUpSoon(),
      });
    } catch {
      this.#subscription = undefined;
      return undefined;
    }
  }

  #serverMs(at: (clock: { sentAt: number; answeredAt: number }) => number): number {
    const clock = this.#clock;
    if (clock === undefined) return 0;
    return clock.serverMs + Math.floor(this.#driver.clock.monotonic() - at(clock));
  }
}
