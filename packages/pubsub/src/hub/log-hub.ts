import { BoundedQueue, type Driver, reportListenerError } from '@penknife/core';
import { readHead } from '../commands.js';
import type { Counters } from '../counters.js';
import { type GapReason, openGap } from '../event.js';
import type { Arrival, Decoder, Placed } from '../frame/decoder.js';
import type { Outbox } from '../listener/outbox.js';
import type { Position } from '../position.js';
import type { AnyParameters } from '../template/template.js';
import { advance, type Place, type Step } from './advance.js';
import { catchUp } from './catch-up.js';
import { FanOut } from './fan-out.js';
import type { Hub, Since } from './hub.js';
import type { LogReader } from './log-reader.js';

/** What the hub of a `log` channel is made of. */
export interface LogHubParts<T> {
  readonly driver: Driver;
  readonly template: string;
  readonly channel: string;
  readonly params: AnyParameters;
  readonly headKey: string;
  readonly counters: Counters;
  readonly decode: Decoder<T>;
  /** A reader of the history for one recovery. */
  reader(): LogReader<T>;
  /** How many messages one recovery brings back at most. */
  readonly limit: number;
  /** How long the history outlives its last message. */
  readonly lifeMs: number;
  /** How many live messages wait while the history is read. */
  readonly bufferLimit: number;
  /** Called when the hub is closed. */
  closed(): void;
}

/** How many epochs that are over are remembered, to tell what is late from what is new. */
const rememberedEpochs = 8;

/** Keeps one `log` channel in order: what is missing is read back from the history, what is gone is announced. */
export class LogHub<T> implements Hub<T> {
  readonly #parts: LogHubParts<T>;
  readonly #fanOut: FanOut<T>;
  readonly #arrival: Arrival;
  readonly #closing = new AbortController();
  readonly #catchingUp = new Map<Outbox<T>, AbortController>();
  readonly #over: string[] = [];
  readonly #waiting: BoundedQueue<Placed<T>>;
  #state: 'starting' | 'live' | 'recovering' = 'starting';
  #place: Place | undefined;
  /** The next message is taken whatever its offset: where it stands is unknown. */
  #adrift = false;
  #again = false;
  #cause: { reason: GapReason; detail: string } = { reason: 'lost', detail: '' };

  constructor(parts: LogHubParts<T>) {
    this.#parts = parts;
    const { channel, params } = parts;
    this.#arrival = { channel, params, source: 'live' };
    this.#fanOut = new FanOut(parts.template, parts.counters);
    this.#waiting = new BoundedQueue(parts.bufferLimit, 'drop-oldest');
  }

  get size(): number {
    return this.#fanOut.size;
  }

  get position(): Position | undefined {
    return this.#place?.position;
  }

  get lastGap(): FanOut<T>['lastGap'] {
    return this.#fanOut.lastGap;
  }

  received(payload: Uint8Array): void {
    const received = this.#parts.decode(payload, this.#arrival);
    if (received?.position === undefined) return;
    if (this.#state === 'live') this.#accept(received as Placed<T>);
    else this.#waiting.push(received as Placed<T>);
  }

  interrupted(detail: string): void {
    if (this.#state === 'starting') {
      this.#cause = { reason: 'interrupted', detail };
      this.#again = true;
    } else this.#recover('interrupted', detail);
  }

  async start(): Promise<void> {
    const { driver, headKey } = this.#parts;
    const head = await driver.send(readHead(headKey));
    const waiting = this.#drain();
    const first = waiting[0]?.position;
    // What came after the acknowledgement counts: the order begins before it.
    const position = first === undefined ? head : { epoch: first.epoch, offset: first.offset - 1 };
    this.#place = position && { position, id: undefined };
    this.#state = 'live';
    for (const received of waiting) this.#take(received);
    if (this.#again) this.#recover(this.#cause.reason, this.#cause.detail);
  }

  async join(outbox: Outbox<T>, since: Since | undefined): Promise<void> {
    this.#fanOut.add(outbox);
    outbox.startAt(this.position);
    if (since === undefined) return;
    const ended = new AbortController();
    this.#catchingUp.set(outbox, ended);
    const { driver, limit, lifeMs } = this.#parts;
    const read = this.#parts.reader();
    const nowMs = driver.clock.now();
    catchUp({ outbox, since, target: this.position, read, limit, nowMs, lifeMs, signal: ended.signal })
      .catch(reportListenerError)
      .finally(() => this.#catchingUp.delete(outbox))
      .catch(reportListenerError);
  }

  leave(outbox: Outbox<T>): void {
    this.#fanOut.remove(outbox);
    this.#catchingUp.get(outbox)?.abort();
  }

  close(): void {
    this.#closing.abort();
    this.#parts.closed();
    for (const ended of this.#catchingUp.values()) ended.abort();
  }

  /** True when the server is at another place than this hub, which may only mean that a message is on its way. */
  differsFrom(head: Position | undefined): boolean {
    if (this.#state !== 'live' || head === undefined || this.#adrift) return false;
    const here = this.position;
    return here === undefined || here.epoch !== head.epoch || here.offset !== head.offset;
  }

  /** Called a while after `differsFrom`, with where the hub stood then: what was on its way has arrived, or is lost. */
  confirm(head: Position, noted: Position | undefined): void {
    const here = this.position;
    const stillBehind =
      here === noted ||
      here === undefined ||
      (here.epoch === head.epoch ? here.offset < head.offset : !this.#over.includes(head.epoch));
    if (this.#state === 'live' && stillBehind) {
      this.#recover('lost', 'the channel stands elsewhere on the server');
    }
  }

  /** Takes a message while live, or lets it wait when a recovery has begun meanwhile. */
  #take(received: Placed<T>): void {
    if (this.#state === 'live') this.#accept(received);
    else this.#waiting.push(received);
  }

  #accept(received: Placed<T>): void {
    const { position, id } = received;
    const here = this.#place;
    if (this.#adrift) {
      this.#adrift = false;
      this.#deliver(received);
    } else if (here === undefined) {
      if (position.offset === 1) this.#deliver(received);
      else this.#missing(received);
    } else if (here.position.epoch === position.epoch) {
      const step = position.offset - here.position.offset;
      if (step === 1) this.#deliver(received);
      // Another message at our own place: the server lost the one we have, and counted on.
      else if (step > 1 || (step === 0 && here.id !== undefined && here.id !== id)) this.#missing(received);
      else this.#parts.counters.duplicates++;
    } else if (this.#over.includes(position.epoch)) this.#parts.counters.duplicates++;
    else this.#missing(received);
  }

  #missing(received: Placed<T>): void {
    this.#waiting.push(received);
    this.#recover('lost', 'an offset was left out');
  }

  #deliver(received: Placed<T>): void {
    const before = this.position;
    this.#place = received;
    const { event, position } = received;
    if (event !== undefined) this.#fanOut.message(event);
    else {
      const span = { from: before, to: position, missed: 1 };
      this.#fanOut.gap(openGap('undecodable', 'undecodable', 'codec or schema refused a message', span));
    }
  }

  #recover(reason: GapReason, detail: string): void {
    if (this.#state !== 'recovering' || reason === 'interrupted') this.#cause = { reason, detail };
    if (this.#state === 'recovering') {
      this.#again = true;
      return;
    }
    this.#state = 'recovering';
    this.#run().catch(reportListenerError);
  }

  async #run(): Promise<void> {
    const begun = this.position;
    const read = this.#parts.reader();
    let missed = 0;
    let open = false;
    // What waited, and was in no page, when the page to come was asked for; undefined while more pages follow anyway.
    let waited: ReadonlySet<Placed<T>> | undefined;
    for (;;) {
      this.#again = false;
      const page = await read(this.#place, this.#closing.signal);
      if (page === undefined) return;
      if (page === 'unreadable') {
        this.#announce({
          kind: 'hole',
          unrecovered: 'unreadable',
          from: begun,
          to: undefined,
          missed: undefined,
        });
        open = true;
        this.#adrift = true;
        break;
      }
      const advanced = advance(this.#place, page, this.#drain(), this.#parts.limit);
      for (const step of advanced.steps) {
        if (step.kind === 'hole') open = true;
        else if (step.missedLive) missed++;
        this.#announce(step);
      }
      this.#place = advanced.place;
      this.#revive(advanced.place?.position.epoch);
      this.#parts.counters.duplicates += advanced.duplicates;
      if (advanced.over !== undefined) this.#forget(advanced.over);
      for (const received of advanced.live) this.#waiting.push(received);
      if (advanced.more || this.#again) {
        // The next page may have been asked for ahead, before these came.
        waited = undefined;
        continue;
      }
      if (this.#waiting.size === 0) break;
      if (waited === undefined) {
        waited = new Set(advanced.live);
        continue;
      }
      const rest = this.#drain();
      const stale = rest.filter((received) => waited?.has(received));
      const newest = stale.at(-1)?.position;
      if (page.head === undefined && newest !== undefined) {
        // Received, and erased on the server since: there is nothing to merge it with.
        const alone = advance(
          this.#place,
          { head: newest, entries: [], last: true },
          stale,
          this.#parts.limit,
        );
        for (const step of alone.steps) this.#announce(step);
        this.#place = alone.place;
      } else {
        // The history should hold it by now. The server has lost it again, and will give its offsets to others.
        this.#parts.counters.duplicates += stale.length;
      }
      // What came meanwhile is another recovery's: a foreigner who never stops would hold up this one for ever.
      for (const received of rest) if (!waited.has(received)) this.#waiting.push(received);
      break;
    }
    this.#state = 'live';
    if (!open && (this.#cause.reason === 'interrupted' || missed > 0)) {
      const { reason, detail } = this.#cause;
      this.#fanOut.gap({
        type: 'gap',
        from: begun,
        to: this.position,
        recovered: true,
        missed,
        reason,
        unrecovered: undefined,
        detail,
      });
    }
    for (const received of this.#drain()) this.#take(received);
  }

  #announce(step: Step<T>): void {
    if (step.kind === 'message') this.#deliver(step.received);
    else this.#fanOut.gap(openGap(this.#cause.reason, step.unrecovered, this.#cause.detail, step));
  }

  #forget(epoch: string): void {
    this.#over.push(epoch);
    if (this.#over.length > rememberedEpochs) this.#over.shift();
  }

  /** A server that fell back to an earlier state may be in an epoch again that was over. */
  #revive(epoch: string | undefined): void {
    const index = epoch === undefined ? -1 : this.#over.indexOf(epoch);
    if (index >= 0) this.#over.splice(index, 1);
  }

  #drain(): Placed<T>[] {
    const drained: Placed<T>[] = [];
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      drained.push(next);
    return drained;
  }
}
