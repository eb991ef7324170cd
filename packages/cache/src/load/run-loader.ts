import { defineTrace } from '@penknife/core';
import { UndefinedValueError } from '../errors.js';
import type { Tag } from '../keys.js';
import type { LoaderContext } from '../loader.js';
import { type ResolvedFreshness, type ResolvedOptions, resolveFreshness } from '../options.js';
import { describeFailure, type Load, type LoadOrder, type LoadOutcome, type LoadParts } from './load.js';
import { giveUp, storeLoaded } from './store-loaded.js';

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
  const createdMs = position.server.earliest();
  // From here on the lease may be somebody else's: who comes now must ask for it.
  const leaseEnd = driver.clock.timer(options.leaseMs, () => {
    lost();
    load.abort.abort();
  });
  const said = sayings(parts, order, load);
  load.begun = true;
  if (order.written === undefined) counts.loads++;
  let value: unknown;
  let encoded: Uint8Array | undefined;
  try {
    value = await trace.quietly(
      () => ({ cache: options.name }),
      async () => loader(said.context),
    );
    if (value === undefined) throw new UndefinedValueError();
    if (said.stores) encoded = codec.encode(value);
  } catch (error) {
    counts.loadFailures++;
    const { errorTtlMs: firstMs, maxErrorTtlMs: mostMs } = options;
    await giveUp(parts, place, load, { firstMs, mostMs, what: describeFailure(error) });
    return { kind: 'error', error };
  } finally {
    leaseEnd.cancel();
  }

  const { tags } = said;
  const isNegative = value === null && !said.adapted && order.written === undefined;
  const freshness = isNegative ? negative(options, order.freshness) : said.freshness;
  if (reading === undefined) {
    if (encoded !== undefined && !load.watch.overruled) {
      const copy = codec.decode(encoded);
      const ids = tags.map(({ id }) => id);
      if (copy !== undefined) keeper.keepAlone(place, keeper.frozen(copy.value), freshness, copy.bytes, ids);
    }
    return { kind: 'value', value, fenced: true };
  }
  if (encoded === undefined) {
    return { kind: 'value', value, fenced: await giveUp(parts, place, load) };
  }
  const loadMs = Math.ceil(driver.clock.monotonic() - startedAt);
  const loaded = { encoded, tags, freshness, createdMs, loadMs };
  return { kind: 'value', value, fenced: await storeLoaded(parts, place, load, loaded) };
}

/** How long `null` serves: no longer than a call that wants less than the cache's time would have any value. */
function negative({ negativeTtlMs, freshness }: ResolvedOptions, { ttlMs }: ResolvedFreshness) {
  const mostMs = ttlMs < freshness.ttlMs ? Math.min(ttlMs, negativeTtlMs) : negativeTtlMs;
  return { ttlMs: mostMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
}

/** What a loader says about its value while it runs. */
function sayings({ places }: LoadParts, { place, reading, freshness, tags }: LoadOrder, load: Load) {
  const said = {
    freshness: freshness as ResolvedFreshness,
    tags: tags as readonly Tag[],
    stores: true,
    adapted: false,
    context: undefined as unknown as LoaderContext<unknown>,
  };
  said.context = {
    key: place.key,
    signal: load.abort.signal,
    stale: reading?.found?.value,
    keepFor(given) {
      said.freshness = resolveFreshness(given, said.freshness);
      said.adapted = true;
    },
    tag(...added) {
      said.tags = places.tags(added, said.tags);
    },
    doNotCache() {
      said.stores = false;
    },
  };
  return said;
}
