import { defineTrace } from '@penknife/core';
import { abandon, fill, readText } from '../commands.js';
import { lifeOf } from '../entry/freshness.js';
import { type Header, writeEntry } from '../entry/header.js';
import { UndefinedValueError } from '../errors.js';
import { parseRecord } from '../invalidation/record.js';
import { jittered } from '../jittered.js';
import type { LoaderContext } from '../loader.js';
import { type ResolvedFreshness, resolveFreshness } from '../options.js';
import { describeFailure, type Load, type LoadOrder, type LoadOutcome, type LoadParts } from './load.js';

const trace = defineTrace('cache.load');

/**
 * Runs a loader under its lease and stores what it gives. Everything the entry is stamped with (position, creation) is of
 * before the loader was called. A dead lease, or a floor that rose meanwhile, refuses the value.
 */
export async function runLoader(
  parts: LoadParts,
  order: LoadOrder,
  load: Load,
  lost: () => void,
): Promise<LoadOutcome> {
  const { driver, options, position, counts, codec, keeper } = parts;
  const { place, loader, reading } = order;
  const startedAt = driver.clock.monotonic();
  const createdMs = position.serverMsEarliest();
  // From here on the lease may be somebody else's: who comes now must ask for it.
  const leaseEnd = driver.clock.timer(options.leaseMs, () => {
    lost();
    load.abort.abort();
  });
  let freshness: ResolvedFreshness = order.freshness;
  let store = true;
  let adapted = false;
  const context: LoaderContext<unknown> = {
    key: place.key,
    signal: load.abort.signal,
    stale: reading?.found?.value,
    keepFor(given) {
      freshness = resolveFreshness(given, freshness);
      adapted = true;
    },
    doNotCache() {
      store = false;
    },
  };
  load.begun = true;
  counts.loads++;
  let value: unknown;
  let encoded: Buffer | undefined;
  try {
    value = await trace(
      () => ({ cache: options.name }),
      async () => loader(context),
    );
    if (value === undefined) throw new UndefinedValueError();
    if (store) encoded = codec.encode(value);
  } catch (error) {
    counts.loadFailures++;
    await giveUp(parts, order, load, options.errorTtlMs, describeFailure(error));
    return { kind: 'error', error };
  } finally {
    leaseEnd.cancel();
  }

  if (value === null && !adapted) {
    freshness = { ttlMs: options.negativeTtlMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
  }
  if (reading === undefined) {
    if (encoded !== undefined && !load.watch.overruled) {
      const copy = keeper.frozen(codec.decode(encoded)?.value);
      keeper.keepAlone(place, copy, freshness.ttlMs, freshness.staleIfErrorMs, encoded.byteLength);
    }
    return { kind: 'value', value, fenced: true };
  }
  const loadMs = Math.ceil(driver.clock.monotonic() - startedAt);
  const { origin, position: stamp } = reading.record;
  const times = jittered(freshness, options.jitter, driver.random);
  const header: Header = { ...times, expired: false, origin, position: stamp, createdMs, loadMs };
  const lifeMs = lifeOf(header) - loadMs;
  if (encoded === undefined || lifeMs < 1) {
    return { kind: 'value', value, fenced: await giveUp(parts, order, load, 0, '') };
  }
  const bytes = writeEntry(header, encoded);
  const fenced = await fillIn(parts, order, load, bytes, lifeMs);
  if (fenced && !load.watch.overruled) {
    const copy = keeper.frozen(codec.decode(encoded)?.value);
    if (copy !== undefined)
      keeper.keep(place, copy, header, loadMs < header.ttlMs ? 'fresh' : 'fallback', bytes.byteLength);
  }
  return { kind: 'value', value, fenced };
}

/** Stores under the lease; the record comes along, to see whether the cache was cleared meanwhile. */
async function fillIn(
  { driver, places, options, counts }: LoadParts,
  { place, reading }: LoadOrder,
  load: Load,
  bytes: Uint8Array,
  lifeMs: number,
): Promise<boolean> {
  if (load.token === undefined || reading === undefined) return false;
  const [filled, text] = await driver.batch(
    [fill(place, load.token, bytes, lifeMs), readText(places.record)],
    { deadlineMs: options.deadlineMs },
  );
  load.token = undefined;
  const record = text.ok && text.value !== null ? parseRecord(text.value) : undefined;
  const { origin, position } = reading.record;
  const fenced =
    filled.ok &&
    filled.value &&
    record !== undefined &&
    record.origin === origin &&
    record.expireFloor <= position;
  if (filled.ok && !filled.value) counts.fillsRefused++;
  return fenced;
}

/** True when the lease was still alive. */
async function giveUp(
  { driver, options }: LoadParts,
  { place }: LoadOrder,
  load: Load,
  errorTtlMs: number,
  failure: string,
): Promise<boolean> {
  const { token } = load;
  if (token === undefined) return false;
  load.token = undefined;
  try {
    return await driver.send(abandon(place, token, errorTtlMs, failure), { deadlineMs: options.deadlineMs });
  } catch {
    // It runs out by itself.
    return false;
  }
}
