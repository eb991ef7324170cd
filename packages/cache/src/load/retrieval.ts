import { isUnavailable, type PenknifeError } from '@penknife/core';
import type { EntryReader, Reading } from '../entry/entry-reader.js';
import type { Place } from '../keys.js';
import type { Loader } from '../loader.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { ResolvedFreshness, ResolvedOptions } from '../options.js';
import type { Counts } from '../stats.js';
import type { Loads } from './loads.js';

/** One caller's request. */
export interface Request {
  readonly place: Place;
  readonly loader: Loader<unknown>;
  readonly freshness: ResolvedFreshness;
  /** Where what is stale is left for a caller who loses patience. */
  readonly spare: { found?: { readonly value: unknown } | undefined };
  stillWaiting(): boolean;
}

/** What a read found, or the error it met. */
export interface FirstRead {
  readonly reading?: Reading;
  readonly error?: unknown;
}

/** Reads, and loads what is not there: the way of one call after the local tier had nothing. */
export class Retrieval {
  readonly #reader: EntryReader;
  readonly #loads: Loads;
  readonly #keeper: LocalKeeper;
  readonly #options: ResolvedOptions;
  readonly #counts: Counts;

  constructor(
    reader: EntryReader,
    loads: Loads,
    keeper: LocalKeeper,
    options: ResolvedOptions,
    counts: Counts,
  ) {
    this.#reader = reader;
    this.#loads = loads;
    this.#keeper = keeper;
    this.#options = options;
    this.#counts = counts;
  }

  /** Without loading. */
  async look(place: Place): Promise<{ readonly value: unknown } | undefined> {
    try {
      const { grade, found } = await this.#reader.read(place);
      if (grade !== 'fresh' && grade !== 'stale') {
        this.#counts.misses++;
        return undefined;
      }
      if (grade === 'fresh') this.#counts.redisHits++;
      else this.#counts.staleRevalidating++;
      return found;
    } catch (error) {
      if (!isUnavailable(error) || this.#options.whenUnavailable !== 'serve') throw error;
      const alone = this.#keeper.alone(place, 'freshUntil') ?? this.#keeper.alone(place, 'fallbackUntil');
      if (alone === undefined) throw error;
      this.#counts.staleUnavailable++;
      return alone;
    }
  }

  /** One read, with what it met as a value. */
  first(place: Place): Promise<FirstRead> {
    return this.#reader.read(place).then(
      (reading) => ({ reading }),
      (error: unknown) => ({ error }),
    );
  }

  /** `first`: a read that this call has made already. */
  async getOrLoad(request: Request, first?: FirstRead): Promise<unknown> {
    const { place, loader, freshness, spare, stillWaiting } = request;
    let next = first;
    for (let missed = false; ; ) {
      const { reading, error } = next ?? (await this.first(place));
      next = undefined;
      if (reading === undefined) {
        if (isUnavailable(error)) return this.#withoutRedis(request, error);
        throw error;
      }
      const { grade, found } = reading;
      spare.found = found;
      if (grade === 'fresh') {
        if (!missed) this.#counts.redisHits++;
        return found?.value;
      }
      if (grade === 'stale') {
        this.#counts.staleRevalidating++;
        this.#loads.refresh({ place, loader, freshness, reading, waits: false });
        return found?.value;
      }
      if (!missed) this.#counts.misses++;
      missed = true;

      const running = this.#loads.joinable(place.id);
      // A load that had not begun when this call joined it reads nothing older than this call.
      const early = running?.begun !== true;
      const load = running ?? this.#loads.start({ place, loader, freshness, reading, waits: true });
      const outcome = await load.outcome;
      if (outcome.kind === 'value' && (early || outcome.fenced)) return outcome.value;
      if (outcome.kind === 'unavailable') return this.#withoutRedis(request, outcome.error);
      if (outcome.kind === 'error') return this.#failed(spare.found, outcome.error);
      if (!stillWaiting()) return undefined;
    }
  }

  /** Redis cannot be asked: what this process has, or the loader alone. */
  async #withoutRedis(request: Request, unavailable: PenknifeError): Promise<unknown> {
    const { place, loader, freshness, spare } = request;
    const { whenUnavailable } = this.#options;
    if (whenUnavailable === 'reject') throw unavailable;
    const serve = whenUnavailable === 'serve';
    const fresh = serve ? this.#keeper.alone(place, 'freshUntil') : undefined;
    if (fresh !== undefined) {
      this.#counts.staleUnavailable++;
      return fresh.value;
    }
    if (serve) spare.found ??= this.#keeper.alone(place, 'fallbackUntil');
    const load =
      this.#loads.joinable(place.id) ??
      this.#loads.start({ place, loader, freshness, reading: undefined, waits: true });
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
