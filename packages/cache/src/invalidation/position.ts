import { type Driver, reportListenerError, type Timer } from '@penknife/core';
import type { Availability } from '../availability.js';
import { catchUp, confirm, leave } from '../commands/log-commands.js';
import { originLength } from '../entry/header.js';
import type { Places } from '../keys.js';
import type { ResolvedOptions } from '../options.js';
import { type Hearing, openHearing } from './hearing.js';
import { confirmation, parseNews } from './news.js';
import { type InvalidationRecord, parseRecord } from './record.js';
import { ServerClock } from './server-clock.js';

/** What an invalidation does in this process. */
export interface InvalidationSink {
  apply(kind: string, id: string): void;
  dropAll(): void;
}

/** Where a process stands. Positions of different origins are not to be compared. */
export interface Standing {
  readonly origin: string | undefined;
  readonly position: number;
}

/** After this long without, the server's clock is asked for again. */
const clockLifeMs = 30_000;
/** How long a process counts as one with a tier after its last round. Nothing is served here without. */
const memberMs = 2 * clockLifeMs;
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
  readonly server: ServerClock;
  /** This process among those with a tier. */
  readonly member: string;
  #memberUntil = Number.NEGATIVE_INFINITY;
  #round: Promise<void> | undefined;
  #again = false;
  #timer: Timer | undefined;
  #subscription: Promise<Hearing | undefined> | undefined;
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
    this.server = new ServerClock(driver.clock);
    const chance = Buffer.from(driver.random.bytes(9)).toString('base64url');
    this.member = `${options.instance}.${chance}.${options.l1LeaseMs}`;
  }

  get position(): number {
    return this.#position;
  }

  /** Both, to be compared with what is answered later. */
  get standing(): Standing {
    return { origin: this.#record?.origin, position: this.#position };
  }

  get origin(): string | undefined {
    return this.#record?.origin;
  }

  /** Resolves when the server's clock is known; keeps the rounds going from then on. */
  ready(): Promise<void> | undefined {
    this.used = true;
    this.#arm();
    if (!this.server.known) return this.catchUp();
    if (this.server.age > clockLifeMs) this.#catchUpSoon();
    return undefined;
  }

  /** Takes the record that came with a read sent at `sentAt`, from where this process stood then. Undefined: it has to be made first. */
  observe(text: string | undefined, sentAt: number, then: Standing): InvalidationRecord | undefined {
    const record = text === this.#lastText ? this.#record : parseRecord(text ?? '');
    // Behind where this process stood the server lost writes: to ask the log makes the record anew.
    if (record === undefined || isBehind(record, then)) return undefined;
    if (this.#startedOver(record, then)) return record;
    this.#record = record;
    this.#lastText = text as string;
    // Without a local tier nothing has to be replayed.
    if (this.#options.local === undefined) this.#position = Math.max(this.#position, record.position);
    if (record.position > this.#position) this.#catchUpSoon();
    else this.#confirm(sentAt);
    return record;
  }

  /** Invalidations that this process announced itself, as many as `count`. */
  announced(text: string, count: number): InvalidationRecord | undefined {
    const record = parseRecord(text);
    if (record === undefined || this.#startedOver(record)) return record;
    if (record.position <= this.#position + count) this.#position = Math.max(this.#position, record.position);
    else this.#catchUpSoon();
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

  /** Nothing is heard from here on. Resolves when the server knows that this process is gone, or cannot be told. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.confirmedUntil = Number.NEGATIVE_INFINITY;
    // In the background: it may be out of reach.
    this.#subscription?.then((subscription) => subscription?.close()).catch(reportListenerError);
    if (this.#memberUntil <= this.#driver.clock.monotonic() || this.#options.local === undefined) return;
    const call = { deadlineMs: this.#options.deadlineMs };
    const told = this.#availability.ask(() => this.#driver.send(leave(this.#places, this.member), call));
    // Who could not be told waits for the lease.
    await told.catch(() => undefined);
  }

  async #ask(): Promise<void> {
    const { clock } = this.#driver;
    const then = this.standing;
    const sentAt = clock.monotonic();
    const member = this.#closed || this.#options.local === undefined ? undefined : this.member;
    const command = catchUp(this.#places, this, mostReplayed, member, memberMs);
    const answer = await this.#availability.ask(() =>
      this.#driver.send(command, { deadlineMs: this.#options.deadlineMs }),
    );
    this.server.tell(answer.serverMs, sentAt);
    this.#memberUntil = sentAt + memberMs;
    const record = parseRecord(answer.record);
    if (record === undefined || this.#startedOver(record, then)) return;
    if (answer.complete) {
      for (const [i, { kind, id }] of answer.invalidations.entries()) {
        if (then.position + i + 1 > this.#position) this.#sink.apply(kind, id);
      }
    } else this.#sink.dropAll();
    this.#record = record;
    this.#lastText = answer.record;
    this.#position = Math.max(this.#position, record.position);
    this.#confirm(sentAt);
  }

  /** True when the record is another one than before, or went back: nothing known holds any more. */
  #startedOver(record: InvalidationRecord, then?: Standing): boolean {
    if (record.origin === this.origin && (then === undefined || !isBehind(record, then))) return false;
    this.#record = record;
    this.#lastText = '';
    this.#position = record.position;
    this.confirmedUntil = Number.NEGATIVE_INFINITY;
    this.#sink.dropAll();
    return true;
  }

  #confirm(sentAt: number): void {
    if (this.#closed) return;
    const until = Math.min(sentAt + this.#options.l1LeaseMs, this.#memberUntil);
    this.confirmedUntil = Math.max(this.confirmedUntil, until);
  }

  #news(text: string): void {
    const news = parseNews(text);
    if (news === undefined || news.origin !== this.origin) return;
    const { position, confirmOn, invalidated } = news;
    const before = position - invalidated.length;
    for (const [i, { kind, id }] of invalidated.entries()) {
      if (before + i + 1 > this.#position) this.#sink.apply(kind, id);
    }
    const missed = before > this.#position;
    if (missed) this.#catchUpSoon();
    else this.#position = Math.max(this.#position, position);
    if (confirmOn === undefined) return;
    const applied = confirmation(news.origin, position, this.member);
    if (!missed) this.#confirmTo(confirmOn, applied);
    // What came before may be waited for with it.
    else
      void this.#appliedAll(news.origin, position).then((all) => all && this.#confirmTo(confirmOn, applied));
  }

  /** Whether everything up to a position is applied, at the latest by a round that begins from here on. */
  async #appliedAll(origin: string, position: number): Promise<boolean> {
    try {
      await this.#round;
      if (this.#position < position && !this.#closed) await this.catchUp();
    } catch {
      // Whoever waits for it waits for the lease to pass instead.
    }
    return this.origin === origin && this.#position >= position;
  }

  /** Whoever waits for this and does not get it waits for the lease to pass instead. */
  #confirmTo(channel: string, text: string): void {
    this.#driver
      .send(confirm(channel, text), { deadlineMs: this.#options.deadlineMs })
      .catch(() => undefined);
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
  async #subscribe(): Promise<Hearing | undefined> {
    try {
      return await openHearing(this.#driver, this.#places, this.#options.transport, {
        heard: (text) => this.#news(text),
        missed: () => this.#catchUpSoon(),
      });
    } catch {
      this.#subscription = undefined;
      return undefined;
    }
  }
}

function isBehind(record: InvalidationRecord, then: Standing): boolean {
  return record.origin === then.origin && record.position < then.position;
}
