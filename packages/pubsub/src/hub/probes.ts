import { type Driver, type FeedKind, sharedFeed } from '@penknife/core';
import type { ServerNames } from '../keys.js';
import { type Health, Liveness } from './liveness.js';

/** What probes are made of. */
export interface ProbesParts {
  readonly driver: Driver;
  readonly names: ServerNames;
  readonly origin: string;
  readonly intervalMs: number;
}

/** One probe for ordinary channels, and one for each slot of sharded ones in use: their connections may be others. */
export class Probes {
  readonly #parts: ProbesParts;
  readonly #bySlot = new Map<string, Liveness>();
  #renewals = 0;

  constructor(parts: ProbesParts) {
    this.#parts = parts;
  }

  get health(): Health {
    const times = [...this.#bySlot.values()].flatMap(({ probeMs }) =>
      probeMs === undefined ? [] : [probeMs],
    );
    return { probeMs: times.length === 0 ? undefined : Math.max(...times), renewals: this.#renewals };
  }

  /** The probe of the connection on which this channel is listened to. */
  of(kind: FeedKind, channel: string): Liveness {
    const { driver, names, origin, intervalMs } = this.#parts;
    const sharded = kind === 'shard';
    const tag = sharded ? channel.slice(channel.indexOf('{') + 1, channel.indexOf('}')) : '';
    let liveness = this.#bySlot.get(tag);
    if (liveness === undefined) {
      const probe = sharded ? names.shardProbe(tag, origin) : names.probe(origin);
      liveness = new Liveness(driver, { channel: probe, sharded, intervalMs, deaf: () => this.#renew() });
      this.#bySlot.set(tag, liveness);
    }
    return liveness;
  }

  /** All connections at once: whatever else was asked on the old ones has its answer in that. */
  #renew(): void {
    this.#renewals++;
    for (const liveness of this.#bySlot.values()) liveness.heard();
    sharedFeed(this.#parts.driver).renew('a probe was published and did not arrive: the connection was deaf');
  }
}
