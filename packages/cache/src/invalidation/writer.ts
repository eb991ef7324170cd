import { type CallOptions, ConnectionError, type Driver, type PenknifeError } from '@penknife/core';
import { Allowance } from '../allowance.js';
import { overwrite } from '../commands/entry-commands.js';
import { lifeOf } from '../entry/freshness.js';
import { type Header, writeEntry } from '../entry/header.js';
import { jittered } from '../jittered.js';
import type { Place, Tag } from '../keys.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { ResolvedFreshness, ResolvedOptions } from '../options.js';
import type { Invalidator } from './invalidator.js';
import type { InvalidationPosition } from './position.js';
import type { TagKeeper } from './tag-keeper.js';

/** A value to be written, encoded. */
export interface Write {
  readonly place: Place;
  readonly encoded: Uint8Array;
  readonly freshness: ResolvedFreshness;
  readonly tags: readonly Tag[];
}

/** Where a write stands among the invalidations. */
export interface Stamp {
  readonly origin: string;
  readonly position: number;
}

/** What a writer is made of. */
export interface WriterParts {
  readonly driver: Driver;
  readonly options: ResolvedOptions;
  readonly position: InvalidationPosition;
  readonly keeper: LocalKeeper;
  readonly invalidator: Invalidator;
  readonly tagKeeper: TagKeeper;
}

const mostTries = 5;
/** The most entries in one batch. */
const mostTogether = 500;

/** Replaces entries: each a write to the entry, which ends its lease, and then an invalidation like any other. */
export class Writer {
  readonly #parts: WriterParts;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Gives the error of each write that failed, by its number. Rejects when nobody could be told. */
  async write(writes: readonly Write[], call: CallOptions): Promise<ReadonlyMap<number, PenknifeError>> {
    const { keeper } = this.#parts;
    const overrule = (): void => {
      for (const { place } of writes) keeper.overrule(place.id);
    };
    overrule();
    try {
      return await this.#write(writes, call);
    } finally {
      overrule();
    }
  }

  async #write(writes: readonly Write[], call: CallOptions): Promise<ReadonlyMap<number, PenknifeError>> {
    const { position, invalidator } = this.#parts;
    const allowance = this.allowance(call);
    for (let tries = 0; tries < mostTries; tries++) {
      if (tries > 0) await allowance.wait(position.catchUp());
      const stamp = await this.stamp(writes, allowance);
      const failures = await this.#overwrite(writes, stamp, allowance);
      // Also those that failed: they may have been written.
      const invalidated = writes.map(({ place }) => ({ kind: 'key' as const, id: place.id }));
      const record = await invalidator.announce(invalidated, call, allowance);
      // Below a floor that this process had not heard of it would not be served.
      if (record?.origin === stamp.origin && record.expireFloor <= stamp.position) return failures;
    }
    throw new ConnectionError('the cache was cleared again and again while values were set', {
      sent: 'maybe',
    });
  }

  /** What a call that writes may take. */
  allowance(call: CallOptions): Allowance {
    return new Allowance(this.#parts.driver.clock, call, this.#parts.options.deadlineMs);
  }

  /** Where the writes stand among the invalidations. Tags get their records first: one made later would overrule the writes. */
  async stamp(writes: readonly Write[], allowance: Allowance): Promise<Stamp> {
    const { position, tagKeeper } = this.#parts;
    await allowance.wait(position.ready());
    if (position.origin === undefined) await allowance.wait(position.catchUp());
    const tags = new Map(writes.flatMap((write) => write.tags.map((tag) => [tag.id, tag] as const)));
    if (tags.size === 0) return { origin: position.origin as string, position: position.position };
    const lifeMs = Math.max(...writes.map(({ freshness }) => lifeOf(freshness)));
    return (await allowance.wait(tagKeeper.keep([...tags.values()], lifeMs))).record;
  }

  async #overwrite(
    writes: readonly Write[],
    stamp: Stamp,
    allowance: Allowance,
  ): Promise<Map<number, PenknifeError>> {
    const { driver } = this.#parts;
    const failures = new Map<number, PenknifeError>();
    const commands = writes.map((write) => {
      const { bytes, lifeMs } = this.entry(write, stamp);
      return overwrite(write.place, bytes, lifeMs);
    });
    for (let from = 0; from < commands.length; from += mostTogether) {
      const some = commands.slice(from, from + mostTogether);
      const outcomes = await driver.batch(some, allowance.next());
      for (const [i, outcome] of outcomes.entries()) {
        if (!outcome.ok) failures.set(from + i, outcome.error);
      }
    }
    return failures;
  }

  /** The bytes of an entry, and how long they live. */
  entry(
    { encoded, freshness, tags }: Write,
    { origin, position }: Stamp,
  ): { readonly bytes: Uint8Array; readonly lifeMs: number } {
    const { driver, options, position: standing } = this.#parts;
    const header: Header = {
      ...jittered(freshness, options.jitter, driver.random),
      expired: false,
      origin,
      position,
      createdMs: standing.server.earliest(),
      loadMs: 0,
      tags: tags.map(({ id }) => id),
    };
    return { bytes: writeEntry(header, encoded), lifeMs: lifeOf(header) };
  }
}
