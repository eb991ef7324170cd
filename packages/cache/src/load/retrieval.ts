import { isUnavailable, type PenknifeError } from '@penknife/core';
import type { EntryReader } from '../entry/entry-reader.js';
import { lifeOf } from '../entry/freshness.js';
import type { FirstRead, Reading } from '../entry/reading.js';
import type { TagKeeper } from '../invalidation/tag-keeper.js';
import type { Place, Tag } from '../keys.js';
import type { Loader } from '../loader.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { ResolvedFreshness, ResolvedOptions } from '../options.js';
import type { Counts } from '../stats.js';
import { expireFloorOf, type Loads } from './loads.js';

/** One caller's request. */
export interface Request {
  readonly place: Place;
  readonly loader: Loader<unknown>;
  readonly freshness: ResolvedFreshness;
  readonly tags: readonly Tag[];
  /** Where what is stale is left for a caller who loses patience. */
  readonly spare: { found?: { readonly value: unknown } | undefined };
  stillWaiting(): boolean;
  /** Called once it is known whether the loader is called for this request, before it is. More than once perhaps. */
  decided?(): void;
}

/** What one of many keys has: a value, nothing, or what its read met. */
export type Look =
  | { readonly found: { readonly value: unknown } | undefined }
  | { readonly failed: true; readonly error: unknown };

/** Reads, and loads what is not there: the way of one call after the local tier had nothing. */
export class Retrieval {
  readonly #reader: EntryReader;
  readonly #loads: Loads;
  readonly #keeper: LocalKeeper;
  readonly #tagKeeper: TagKeeper;
  readonly #options: ResolvedOptions;
  readonly #counts: Counts;

  constructor(
    reader: EntryReader,
    loads: Loads,
    keeper: LocalKeeper,
    tagKeeper: TagKeeper,
    options: ResolvedOptions,
    counts: Counts,
  ) {
    this.#tagKeeper = tagKeeper;
    this.#reader = reader;
    this.#loads = loads;
    this.#keeper = keeper;
    this.#options = options;
    this.#counts = counts;
  }

  /** What Redis holds, with what it is good for. Soft tags without a record get one: the entry is missed this once. */
  async read(place: Place, tags: readonly Tag[], soft: readonly Tag[]): Promise<Reading> {
    const reading = await this.#reader.read(place, tags, soft);
    const unknown = soft.filter(({ id }) => reading.tagRecords.get(id) === undefined);
    if (unknown.length > 0) await this.#tagKeeper.keep(unknown, lifeOf(this.#options.freshness));
    if (reading.grade === 'gone') this.#counts.misses++;
    else this.#counts.redisHits++;
    return reading;
  }

  /** Without loading. */
  async look(place: Place, tags: readonly Tag[]): Promise<{ readonly value: unknown } | undefined> {
    return this.#seen(place, tags, await this.first(place, tags));
  }

  /** Many without loading, in the order of the places. */
  async lookAll(places: readonly Place[], tags: readonly Tag[]): Promise<readonly Look[]> {
    const reads = await this.#reader.readAll(places, tags);
    return reads.map((read, i): Look => {
      try {
        return { found: this.#seen(places[i] as Place, tags, read) };
      } catch (error) {
        return { failed: true, error };
      }
    });
  }

  /** What a read gives who does not load; throws what it met when nothing may serve instead. */
  #seen(
    place: Place,
    tags: readonly Tag[],
    { reading, error }: FirstRead,
  ): { readonly value: unknown } | undefined {
    if (reading === undefined) {
      if (!isUnavailable(error) || this.#options.whenUnavailable !== 'serve') throw error;
      const alone =
        this.#keeper.alone(place, tags, 'freshUntil') ?? this.#keeper.alone(place, tags, 'fallbackUntil');
      if (alone === undefined) throw error;
      this.#counts.staleUnavailable++;
      return alone;
    }
    const { grade, found } = reading;
    if (grade === 'fresh') this.#counts.redisHits++;
    else if (grade === 'stale') this.#counts.staleRevalidating++;
    else this.#counts.misses++;
    return grade === 'fresh' || grade === 'stale' ? found : undefined;
  }

  /** One read, with what it met as a value. */
  first(place: Place, tags: readonly Tag[]): Promise<FirstRead> {
    return this.#reader.read(place, tags).then(
      (reading) => ({ reading }),
      (error: unknown) => ({ error }),
    );
  }

  /** A fresh value as it is served: loaded anew in the background when its end is near. */
  fresh(request: Omit<Request, 'spare' | 'stillWaiting'>, reading: Reading): unknown {
    this.#counts.redisHits++;
    if (reading.early) {
      this.#counts.earlyRefreshes++;
      this.#refresh(request, reading);
    }
    return reading.found?.value;
  }

  /** `first`: a read that this call has made already. */
  async getOrLoad(request: Request, first?: FirstRead): Promise<unknown> {
    const { place, loader, freshness, tags, spare, stillWaiting, decided } = request;
    let next = first;
    for (let missed = false; ; ) {
      const { reading, error } = next ?? (await this.first(place, tags));
      next = undefined;
      if (reading === undefined) {
        if (isUnavailable(error)) return this.#withoutRedis(request, error);
        throw error;
      }
      const { grade, found } = reading;
      spare.found = found;
      if (grade === 'fresh') return missed ? found?.value : this.fresh(request, reading);
      if (grade === 'stale') {
        this.#counts.staleRevalidating++;
        this.#refresh(request, reading);
        return found?.value;
      }
      if (!missed) this.#counts.misses++;
      missed = true;

      const running = this.#loads.joinable(
        place.id,
        tags,
        expireFloorOf(reading, tags, reading.header?.tags),
      );
      // A load that had not begun when this call joined it reads nothing older than this call.
      const early = running?.begun !== true;
      if (running !== undefined) decided?.();
      const order = { place, loader, freshness, tags, reading, waits: true, ...(decided && { decided }) };
      const load = running ?? this.#loads.start(order);
      const outcome = await load.outcome;
      if (outcome.kind === 'value' && (early || outcome.fenced)) return outcome.value;
      if (outcome.kind === 'unavailable') return this.#withoutRedis(request, outcome.error);
      if (outcome.kind === 'error') return this.#failed(spare.found, outcome.error);
      if (!stillWaiting()) return undefined;
    }
  }

  #refresh(request: Omit<Request, 'spare' | 'stillWaiting'>, reading: Reading): void {
    const { place, loader, freshness, tags } = request;
    this.#loads.refresh({ place, loader, freshness, tags, reading, waits: false });
  }

  /** Redis cannot be asked: what this process has, or the loader alone. */
  async #withoutRedis(request: Request, unavailable: PenknifeError): Promise<unknown> {
    const { place, loader, freshness, tags, spare, decided } = request;
    const { whenUnavailable } = this.#options;
    if (whenUnavailable === 'reject') throw unavailable;
    const serve = whenUnavailable === 'serve';
    const fresh = serve ? this.#keeper.alone(place, tags, 'freshUntil') : undefined;
    if (fresh !== undefined) {
      this.#counts.staleUnavailable++;
      return fresh.value;
    }
    if (serve) spare.found ??= this.#keeper.alone(place, tags, 'fallbackUntil');
    const running = this.#loads.joinable(place.id, tags);
    if (running !== undefined) decided?.();
    const load =
      running ??
      this.#loads.start({
        place,
        loader,
        freshness,
        tags,
        reading: undefined,
        waits: true,
        ...(decided && { decided }),
      });
    const outcome = await load.outcome;
    if (outcome.kind === 'value') return outcome.value;
    return this.#failed(spare.found, outcome.kind === 'again' ? unavailable : outcome.error);
  }

  #failed(fallback: { readonly value: unknown } | undefined, error: unknown): unknown {
    if (fallback === undefined) throw error;
    this.#counts.staleFailed++;
    return fallback.value;
  }
}
