import { channel as diagnosticsChannel } from 'node:diagnostics_channel';
import type { Counters } from '../counters.js';
import type { ChannelMessage, Gap } from '../event.js';
import type { Outbox } from '../listener/outbox.js';

const gaps = diagnosticsChannel('penknife:pubsub.gap');

/** Hands what happens on one channel to all its listeners in this process. */
export class FanOut<T> {
  readonly #template: string;
  readonly #counters: Counters;
  readonly #members = new Set<Outbox<T>>();
  /** The members as a list, made anew after a change: a listener that comes or goes while a message is handed out is safe. */
  #list: readonly Outbox<T>[] | undefined = [];
  #lastGap: Gap | undefined;

  constructor(template: string, counters: Counters) {
    this.#template = template;
    this.#counters = counters;
  }

  get size(): number {
    return this.#members.size;
  }

  get lastGap(): Gap | undefined {
    return this.#lastGap;
  }

  add(outbox: Outbox<T>): void {
    this.#members.add(outbox);
    this.#list = undefined;
  }

  remove(outbox: Outbox<T>): void {
    this.#members.delete(outbox);
    this.#list = undefined;
  }

  message(event: ChannelMessage<T>): void {
    this.#list ??= [...this.#members];
    for (const outbox of this.#list) outbox.push(event);
  }

  gap(gap: Gap): void {
    this.#lastGap = gap;
    this.#counters.gaps++;
    const { reason, recovered, missed, unrecovered } = gap;
    gaps.publish({ template: this.#template, reason, recovered, missed, unrecovered });
    this.#list ??= [...this.#members];
    for (const outbox of this.#list) outbox.push(gap);
  }
}
