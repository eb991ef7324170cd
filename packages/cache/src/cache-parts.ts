import type { Driver } from '@penknife/core';
import { Availability } from './availability.js';
import { createValueCodec, type ValueCodec } from './codec/value-codec.js';
import { EntryReader } from './entry/entry-reader.js';
import { Confirmations } from './invalidation/confirmations.js';
import { Invalidator } from './invalidation/invalidator.js';
import { InvalidationPosition } from './invalidation/position.js';
import { TagKeeper } from './invalidation/tag-keeper.js';
import { Writer } from './invalidation/writer.js';
import { type Places, placesOf } from './keys.js';
import { Loads } from './load/loads.js';
import { Retrieval } from './load/retrieval.js';
import { WakeUps } from './load/wake-ups.js';
import { LocalKeeper } from './local/local-keeper.js';
import { LocalTier } from './local/local-tier.js';
import type { ResolvedOptions } from './options.js';
import { type Counts, createCounts } from './stats.js';

/** Everything a cache is made of. */
export interface CacheParts {
  readonly driver: Driver;
  readonly options: ResolvedOptions;
  readonly places: Places;
  readonly counts: Counts;
  readonly codec: ValueCodec;
  readonly keeper: LocalKeeper;
  readonly position: InvalidationPosition;
  readonly confirmations: Confirmations;
  readonly invalidator: Invalidator;
  readonly writer: Writer;
  readonly wakeUps: WakeUps;
  readonly loads: Loads;
  readonly reader: EntryReader;
  readonly retrieval: Retrieval;
}

/** Makes the parts and connects them. Nothing is sent yet. */
export function createParts(driver: Driver, options: ResolvedOptions): CacheParts {
  const counts = createCounts();
  const places = placesOf(options.namespace, options.name);
  const codec = createValueCodec(options);
  const tier = options.local === undefined ? undefined : new LocalTier(options.local);
  const keeper = new LocalKeeper(tier, driver.clock, counts);
  const availability = new Availability(driver.clock, options.unavailableMs, counts);
  const position = new InvalidationPosition(driver, places, options, availability, keeper);
  keeper.position = position;
  const base = { driver, places, options, codec, position, availability, keeper, counts };
  const tagKeeper = new TagKeeper(base);
  const reader = new EntryReader(base);
  const wakeUps = new WakeUps(driver, places);
  const confirmations = new Confirmations(driver, places, options.l1LeaseMs);
  const loads = new Loads({ ...base, reader, tagKeeper, wakeUps });
  const invalidator = new Invalidator({ ...base, confirmations });
  const writer = new Writer({ ...base, invalidator, tagKeeper });
  const retrieval = new Retrieval(reader, loads, keeper, tagKeeper, options, counts);
  return { ...base, confirmations, invalidator, writer, wakeUps, loads, reader, retrieval };
}
