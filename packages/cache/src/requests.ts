import type { Driver } from '@penknife/core';
import { checkOptions } from './check-options.js';
import type { EntryReader } from './entry/entry-reader.js';
import type { FirstRead } from './entry/reading.js';
import type { Place, Places, Tag } from './keys.js';
import type { Leaving } from './load/patience.js';
import { withPatience } from './load/patience.js';
import type { Request, Retrieval } from './load/retrieval.js';
import type { Loader } from './loader.js';
import {
  checkTimeout,
  type GetOrSetOptions,
  type ResolvedFreshness,
  type ResolvedOptions,
  resolveFreshness,
} from './options.js';
import type { Counts } from './stats.js';

/** The options of one `getOrSet`, checked. */
export interface CheckedRequest {
  readonly freshness: ResolvedFreshness;
  readonly tags: readonly Tag[];
  readonly softTimeoutMs: number | undefined;
  readonly hardTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What requests are made of. */
export interface RequestParts {
  readonly driver: Driver;
  readonly places: Places;
  readonly options: ResolvedOptions;
  readonly retrieval: Retrieval;
  readonly reader: EntryReader;
  readonly counts: Counts;
}

/** Checks the options of calls once, and sees each call through within its caller's patience. */
export class Requests {
  readonly #parts: RequestParts;
  readonly #leaving: Leaving;
  readonly #usual: CheckedRequest;

  constructor(parts: RequestParts, leaving: Leaving) {
    this.#parts = parts;
    this.#leaving = leaving;
    const { freshness, softTimeoutMs, hardTimeoutMs } = parts.options;
    this.#usual = { freshness, tags: [], softTimeoutMs, hardTimeoutMs, signal: undefined };
  }

  check(given: GetOrSetOptions | undefined): CheckedRequest {
    if (given === undefined) return this.#usual;
    checkOptions(given);
    const { options, places } = this.#parts;
    return {
      freshness: resolveFreshness(given, options.freshness),
      tags: places.tags(given.tags ?? []),
      softTimeoutMs:
        given.softTimeoutMs === undefined
          ? options.softTimeoutMs
          : checkTimeout('softTimeoutMs', given.softTimeoutMs, 0),
      hardTimeoutMs: checkTimeout('hardTimeoutMs', given.hardTimeoutMs, options.hardTimeoutMs),
      signal: given.signal,
    };
  }

  /** The value: a hit without timers, for a read has its deadline; anything else as long as the caller's patience lasts. */
  get(
    place: Place,
    loader: Loader<unknown>,
    checked: CheckedRequest,
    decided?: () => void,
  ): Promise<unknown> {
    const { retrieval, reader } = this.#parts;
    const { freshness, tags, softTimeoutMs, signal } = checked;
    if (signal !== undefined || softTimeoutMs !== undefined)
      return this.#load(place, loader, checked, decided);
    return reader.read(place, tags).then(
      (reading) =>
        reading.grade === 'fresh'
          ? retrieval.fresh({ place, loader, freshness, tags }, reading)
          : this.#load(place, loader, checked, decided, { reading }),
      (error: unknown) => this.#load(place, loader, checked, decided, { error }),
    );
  }

  /** Waits for what has nothing to be served instead. */
  patient<T>(
    deadlineMs: number | undefined,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const hardTimeoutMs = deadlineMs ?? this.#parts.options.hardTimeoutMs;
    const patience = { softTimeoutMs: undefined, hardTimeoutMs, signal, instead: () => undefined };
    return withPatience(this.#withClock<T>(patience), this.#leaving, work);
  }

  #load(
    place: Place,
    loader: Loader<unknown>,
    checked: CheckedRequest,
    decided: (() => void) | undefined,
    first?: FirstRead,
  ): Promise<unknown> {
    const { freshness, tags, softTimeoutMs, hardTimeoutMs, signal } = checked;
    const spare: Request['spare'] = {};
    const patience = { softTimeoutMs, hardTimeoutMs, signal, instead: () => spare.found };
    return withPatience(this.#withClock<unknown>(patience), this.#leaving, (stillWaiting) => {
      const request: Request = {
        place,
        loader,
        freshness,
        tags,
        spare,
        stillWaiting,
        ...(decided && { decided }),
      };
      return this.#parts.retrieval.getOrLoad(request, first);
    });
  }

  #withClock<T>(patience: {
    readonly softTimeoutMs: number | undefined;
    readonly hardTimeoutMs: number;
    readonly signal: AbortSignal | undefined;
    instead(): { readonly value: T } | undefined;
  }) {
    const { driver, counts } = this.#parts;
    const settledForLess = (): void => {
      counts.staleSlow++;
    };
    return { ...patience, clock: driver.clock, settledForLess };
  }
}
