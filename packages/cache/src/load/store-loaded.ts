import { abandon, fill, type RememberedFailure } from '../commands/entry-commands.js';
import { floorsOf } from '../entry/floors.js';
import { earlyByMs, lifeOf } from '../entry/freshness.js';
import { type Header, writeEntry } from '../entry/header.js';
import type { RecordsReading } from '../entry/reading.js';
import { jittered } from '../jittered.js';
import type { Place, Tag } from '../keys.js';
import type { ResolvedFreshness } from '../options.js';
import type { Load, LoadParts } from './load.js';

/** A value as a loader gave it. */
export interface Loaded {
  readonly encoded: Uint8Array;
  readonly tags: readonly Tag[];
  readonly freshness: ResolvedFreshness;
  /** The server's clock before the load, and how long the load took. */
  readonly createdMs: number;
  readonly loadMs: number;
}

/** Stores a value under its lease. True: nothing invalidated it since the load began. */
export async function storeLoaded(
  parts: LoadParts,
  place: Place,
  load: Load,
  { encoded, tags, freshness, createdMs, loadMs }: Loaded,
): Promise<boolean> {
  const { driver, options, codec, keeper } = parts;
  const { record } = load.stamp as RecordsReading;
  const times = jittered(freshness, options.jitter, driver.random);
  const { origin, position } = record;
  const ids = tags.map(({ id }) => id);
  const header: Header = { ...times, expired: false, origin, position, createdMs, loadMs, tags: ids };
  const lifeMs = lifeOf(header) - loadMs;
  if (lifeMs < 1) return giveUp(parts, place, load);
  const bytes = writeEntry(header, encoded);
  const fenced = await fillIn(parts, place, load, { bytes, lifeMs, tags });
  if (fenced && keeper.tier !== undefined) {
    const copy = codec.decode(encoded);
    const fraction = driver.random.fraction();
    const earlyMs = options.earlyRefresh === 0 ? 0 : earlyByMs(loadMs, options.earlyRefresh, fraction);
    const grade = loadMs < header.ttlMs ? 'fresh' : 'fallback';
    if (copy !== undefined) {
      const size = bytes.byteLength - encoded.byteLength + copy.bytes;
      keeper.keep(place, keeper.frozen(copy.value), { header, grade, bytes: size, earlyMs }, load.watch);
    }
  }
  return fenced;
}

/** The records come along, to see whether the cache was cleared or a tag invalidated meanwhile. */
async function fillIn(
  { driver, options, counts, reader, tagKeeper }: LoadParts,
  place: Place,
  load: Load,
  entry: { readonly bytes: Uint8Array; readonly lifeMs: number; readonly tags: readonly Tag[] },
): Promise<boolean> {
  const { token, stamp } = load;
  if (token === undefined || stamp === undefined) return false;
  const { bytes, lifeMs, tags } = entry;
  const filling = driver.send(fill(place, token, bytes, lifeMs), { deadlineMs: options.deadlineMs });
  // Tags that the loader named have perhaps no records yet.
  const records = tagKeeper.suffice(tags, stamp.tagRecords, lifeMs)
    ? reader.records(tags)
    : tagKeeper.keep(tags, lifeMs);
  const [filled, now] = await Promise.allSettled([filling, records]);
  load.token = undefined;
  if (filled.status === 'rejected') return false;
  if (!filled.value) counts.fillsRefused++;
  if (!filled.value || now.status === 'rejected') return false;
  const floors = floorsOf(
    now.value.record,
    tags.map(({ id }) => id),
    now.value.tagRecords,
  );
  const { origin, position } = stamp.record;
  return floors !== undefined && floors.origin === origin && floors.expireFloor <= position;
}

/** Gives the lease up, remembering a failure for a while. True when it was still alive. */
export async function giveUp(
  { driver, options }: LoadParts,
  place: Place,
  load: Load,
  failure?: RememberedFailure,
): Promise<boolean> {
  const { token } = load;
  if (token === undefined) return false;
  load.token = undefined;
  try {
    return await driver.send(abandon(place, token, failure), { deadlineMs: options.deadlineMs });
  } catch {
    // It runs out by itself.
    return false;
  }
}
