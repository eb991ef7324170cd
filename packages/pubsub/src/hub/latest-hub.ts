import { type Driver, reportListenerError } from '@penknife/core';
import { readLatest } from '../commands.js';
import type { Counters } from '../counters.js';
import { openGap } from '../event.js';
import type { Decoder, Placed } from '../frame/decoder.js';
import type { Outbox } from '../listener/outbox.js';
import type { Position } from '../position.js';
import type { AnyParameters } from '../template/template.js';
import { FanOut } from './fan-out.js';
import type { Hub } from './hub.js';
import { persist } from './log-reader.js';

/** What the hub of a `latest` channel is made of. */
export interface LatestHubParts<T> {
  readonly driver: Driver;
  readonly template: string;
  readonly channel: string;
  readonly params: AnyParameters;
  readonly latestKey: string;
  readonly counters: Counters;
  readonly decode: Decoder<T>;
}

/** Keeps the newest value of one `latest` channel: older versions that come late are left out, cuts are made good by a read. */
export class LatestHub<T> implements Hub<T> {
  readonly #parts: LatestHubParts<T>;
  readonly #fanOut: FanOut<T>;
  readonly #closing = new AbortController();
  readonly #over: string[] = [];
  #current: Placed<T> | undefined;
  #refreshing = false;
  #again: string | undefined;
  /** Counts what came live, to tell a value that the server rolled back from one that was read too early. */
  #live = 0;

  constructor(parts: LatestHubParts<T>) {
    this.#parts = parts;
    this.#fanOut = new FanOut(parts.template, parts.counters);
  }

  get size(): number {
    return this.#fanOut.size;
  }

  get position(): Position | undefined {
    return this.#current?.position;
  }

  get lastGap(): FanOut<T>['lastGap'] {
    return this.#fanOut.lastGap;
  }

  received(payload: Uint8Array): void {
    const received = this.#decode(payload, 'live');
    if (received === undefined) return;
    this.#live++;
    if (!this.#offer(received)) this.#parts.counters.duplicates++;
  }

  interrupted(detail: string): void {
    if (this.#refreshing) {
      this.#again = detail;
      return;
    }
    this.#refreshing = true;
    this.#refresh(detail)
      .catch(reportListenerError)
      .finally(() => {
        this.#refreshing = false;
        const again = this.#again;
        this.#again = undefined;
        if (again !== undefined && !this.#closing.signal.aborted) this.interrupted(again);
      })
      .catch(reportListenerError);
  }

  async start(): Promise<void> {}

  async join(outbox: Outbox<T>): Promise<void> {
    const { driver, latestKey } = this.#parts;
    const before = this.#current;
    const frame = await driver.send(readLatest(latestKey));
    const retained = frame === null ? undefined : this.#decode(frame, 'retained');
    if (retained !== undefined) this.#offer(retained);
    const current = this.#current;
    if (current?.event !== undefined && (retained !== undefined || current !== before)) {
      outbox.startAt(current.position);
      outbox.push({ ...current.event, source: 'retained' });
    } else if (current !== undefined && retained !== undefined) {
      const span = { from: undefined, to: current.position, missed: 1 };
      outbox.push(openGap('undecodable', 'undecodable', 'codec or schema refused the retained value', span));
    }
    this.#fanOut.add(outbox);
  }

  leave(outbox: Outbox<T>): void {
    this.#fanOut.remove(outbox);
  }

  close(): void {
    this.#closing.abort();
  }

  #decode(payload: Uint8Array, source: 'live' | 'retained'): Placed<T> | undefined {
    const { channel, params, decode } = this.#parts;
    const received = decode(payload, { channel, params, source });
    return received?.position === undefined ? undefined : (received as Placed<T>);
  }

  /** Takes a value when it is newer than the one at hand. */
  #offer(received: Placed<T>): boolean {
    const here = this.position;
    const { position } = received;
    if (here !== undefined) {
      if (
        here.epoch === position.epoch ? position.offset <= here.offset : this.#over.includes(position.epoch)
      ) {
        return false;
      }
      if (here.epoch !== position.epoch && this.#over.push(here.epoch) > 8) this.#over.shift();
    }
    this.#take(received);
    return true;
  }

  #take(received: Placed<T>): void {
    const from = this.position;
    this.#current = received;
    if (received.event !== undefined) this.#fanOut.message(received.event);
    else {
      const span = { from, to: received.position, missed: 1 };
      this.#fanOut.gap(openGap('undecodable', 'undecodable', 'codec or schema refused a message', span));
    }
  }

  async #refresh(detail: string): Promise<void> {
    const { driver, latestKey } = this.#parts;
    const { signal } = this.#closing;
    const from = this.position;
    const liveBefore = this.#live;
    let frame: Uint8Array | null | undefined;
    try {
      frame = await persist(driver, signal, () => driver.send(readLatest(latestKey), { signal }));
    } catch (error) {
      reportListenerError(error);
      this.#fanOut.gap(openGap('interrupted', 'unreadable', detail, { from }));
      return;
    }
    if (frame === undefined) return;
    const retained = frame === null ? undefined : this.#decode(frame, 'retained');
    if (retained === undefined) {
      this.#fanOut.gap(openGap('interrupted', 'no-history', detail, { from }));
      return;
    }
    const here = this.position;
    const isRolledBack =
      this.#live === liveBefore &&
      here?.epoch === retained.position.epoch &&
      here.offset > retained.position.offset;
    if (isRolledBack) this.#take(retained);
    else this.#offer(retained);
    this.#fanOut.gap({
      type: 'gap',
      from,
      to: this.position,
      recovered: true,
      missed: undefined,
      reason: 'interrupted',
      unrecovered: undefined,
      detail,
    });
  }
}
