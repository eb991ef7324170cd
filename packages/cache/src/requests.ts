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

/** A read asks so often as a rule, each within its deadline: for the clock, and for the entry. */
const asksOfRead = 2;

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

  /**
   * The value: a hit without timers, for a read has its deadline, unless the caller's patience is shorter than that; anything
   * else as long as the patience lasts, from the call on.
   */
  get(
    place: Place,
    loader: Loader<unknown>,
    checked: CheckedRequest,
    decided?: () => void,
  ): Promise<unknown> {
    const { retrieval, reader, options, driver } = this.#parts;
    const { freshness, tags, softTimeoutMs, hardTimeoutMs, signal } = checked;
    const isShort = hardTimeoutMs < asksOfRead * options.deadlineMs;
    if (signal !== undefined || softTimeoutMs !== undefined || isShort)
      return this.#load(place, loader, checked, decided);
    const begunAt = driver.clock.monotonic();
    return reader.read(place, tags).then(
      (reading) =>
        reading.grade === 'fresh'
          ? retrieval.fresh({ place, loader, freshness, tags }, reading)
          : this.#load(place, loader, checked, decided, { reading }, begunAt),
      (error: unknown) => this.#load(place, loader, checked, decided, { error }, begunAt),
    );
  }

  /** Waits for what has nothing to be served instead. */
  patient<T>(
    deadlineMs: number | undefined,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const hardTimeoutMs = deadlineMs ?? this.#parts.options.hardTimeoutMs;
    const patience = {
      softTimeoutMs: undefined,
      hardTimeoutMs,
      spentMs: 0,
      signal,
      instead: () => undefined,
    };
    return withPatience(this.#withClock<T>(patience), this.#leaving, work);
  }

  #load(
    place: Place,
    loader: Loader<unknown>,
    checked: CheckedRequest,
    decided: (() => void) | undefined,
    first?: FirstRead,
    begunAt?: number,
  ): Promise<unknown> {
    const { freshness, tags, softTimeoutMs, hardTimeoutMs, signal } = checked;
    const spare: Request['spare'] = {};
    const spentMs = begunAt === undefined ? 0 : this.#parts.driver.clock.monotonic() - begunAt;
    const patience = { softTimeoutMs, hardTimeoutMs, spentMs, signal, instead: () => spare.found };
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
    readonly spentMs: number;
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
