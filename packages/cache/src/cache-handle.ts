import {
  type CallOptions,
  ClosedError,
  type Driver,
  defineTrace,
  InvalidArgumentError,
  keyPart,
} from '@penknife/core';
import { Availability } from './availability.js';
import type { Cache } from './cache.js';
import { createValueCodec, type ValueCodec } from './codec/value-codec.js';
import { EntryReader } from './entry/entry-reader.js';
import { type Explanation, explainPlace } from './explain.js';
import { Invalidator } from './invalidation/invalidator.js';
import { InvalidationPosition } from './invalidation/position.js';
import { type Places, placesOf } from './keys.js';
import { Loads } from './load/loads.js';
import { type Leaving, withPatience } from './load/patience.js';
import { Retrieval } from './load/retrieval.js';
import { WakeUps } from './load/wake-ups.js';
import type { Loader } from './loader.js';
import { LocalKeeper } from './local/local-keeper.js';
import { LocalTier } from './local/local-tier.js';
import {
  checkTimeout,
  type GetOrSetOptions,
  type ResolvedOptions,
  resolveFreshness,
  type SetOptions,
} from './options.js';
import { type CacheStats, type Counts, createCounts, statsOf } from './stats.js';

const traceInvalidate = defineTrace('cache.invalidate');

/** The handle that `createCache` gives: wires the parts and answers the calls. */
export class CacheHandle<V> implements Cache<V> {
  readonly name: string;
  readonly #driver: Driver;
  readonly #options: ResolvedOptions;
  readonly #places: Places;
  readonly #counts: Counts = createCounts();
  readonly #keeper: LocalKeeper;
  readonly #position: InvalidationPosition;
  readonly #reader: EntryReader;
  readonly #wakeUps: WakeUps;
  readonly #loads: Loads;
  readonly #invalidator: Invalidator;
  readonly #retrieval: Retrieval;
  readonly #leaving: Leaving = new Set();
  #closing: Promise<void> | undefined;

  constructor(driver: Driver, options: ResolvedOptions) {
    const counts = this.#counts;
    const places = placesOf(options.namespace, options.name);
    const codec: ValueCodec = createValueCodec(options.codec, options.maxValueBytes);
    const tier = options.local === undefined ? undefined : new LocalTier(options.local);
    const keeper = new LocalKeeper(tier, driver.clock, counts);
    const availability = new Availability(driver.clock, options.unavailableMs, counts);
    const position = new InvalidationPosition(driver, places, options, availability, keeper);
    keeper.position = position;
    const parts = { driver, places, options, codec, position, availability, keeper, counts };
    this.name = options.name;
    this.#driver = driver;
    this.#options = options;
    this.#places = places;
    this.#keeper = keeper;
    this.#position = position;
    this.#reader = new EntryReader(parts);
    this.#wakeUps = new WakeUps(driver, places);
    this.#loads = new Loads({ ...parts, wakeUps: this.#wakeUps });
    this.#invalidator = new Invalidator(parts);
    this.#retrieval = new Retrieval(this.#reader, this.#loads, keeper, options, counts);
  }

  peek<T extends V = V>(key: string): T | undefined {
    const hit = this.#localHit(key);
    return hit === undefined ? undefined : (this.#keeper.given(hit.value) as T);
  }

  getOrSet<T extends V>(key: string, loader: Loader<T>, options?: GetOrSetOptions): Promise<T> {
    const hit = this.#localHit(key);
    if (hit !== undefined) return Promise.resolve(this.#keeper.given(hit.value) as T);
    return this.#getOrSet(key, loader as Loader<unknown>, options) as Promise<T>;
  }

  async get<T extends V = V>(key: string, options: CallOptions = {}): Promise<T | undefined> {
    const hit = this.#localHit(key);
    if (hit !== undefined) return this.#keeper.given(hit.value) as T;
    this.#refuseClosed();
    const place = this.#places.of(key);
    const found = await this.#patient(options.deadlineMs, undefined, options.signal, {}, () =>
      this.#retrieval.look(place),
    );
    return found === undefined ? undefined : (this.#keeper.given(found.value) as T);
  }

  async set(key: string, value: V, options: SetOptions = {}): Promise<void> {
    this.#refuseClosed();
    const place = this.#places.of(key);
    if (value === undefined) throw new InvalidArgumentError('value', 'must not be undefined', value);
    const { negativeTtlMs, freshness } = this.#options;
    const base =
      value === null ? { ttlMs: negativeTtlMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 } : freshness;
    const times = resolveFreshness(options, base);
    await this.#traced('set', () => this.#invalidator.set(place, value, times, options));
  }

  expire(key: string, options: CallOptions = {}): Promise<boolean> {
    return this.#overrule(key, 'expire', options);
  }

  remove(key: string, options: CallOptions = {}): Promise<boolean> {
    return this.#overrule(key, 'remove', options);
  }

  async clear(options: CallOptions = {}): Promise<void> {
    this.#refuseClosed();
    await this.#traced('clear', () => this.#invalidator.all('clear', options));
  }

  async expireAll(options: CallOptions = {}): Promise<void> {
    this.#refuseClosed();
    await this.#traced('expire-all', () => this.#invalidator.all('expire', options));
  }

  async explain(key: string): Promise<Explanation> {
    this.#refuseClosed();
    const parts = {
      driver: this.#driver,
      places: this.#places,
      options: this.#options,
      position: this.#position,
      keeper: this.#keeper,
    };
    return explainPlace(parts, this.#places.of(key));
  }

  stats(): CacheStats {
    const { tier } = this.#keeper;
    const { entries = 0, bytes = 0, evictions = 0 } = tier ?? {};
    return statsOf(this.#counts, { entries, bytes, evictions });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const leave of [...this.#leaving]) leave(new ClosedError('cache', 'maybe'));
    this.#keeper.overruleAll();
    this.#position.close();
    const told = this.#loads.close();
    this.#wakeUps.close();
    await told;
  }

  async #getOrSet(key: string, loader: Loader<unknown>, given: GetOrSetOptions = {}): Promise<unknown> {
    this.#refuseClosed();
    if (typeof loader !== 'function') throw new InvalidArgumentError('loader', 'must be a function', loader);
    const options = this.#options;
    const place = this.#places.of(key);
    const freshness = resolveFreshness(given, options.freshness);
    const hardTimeoutMs = checkTimeout('hardTimeoutMs', given.hardTimeoutMs, options.hardTimeoutMs);
    const softTimeoutMs =
      given.softTimeoutMs === undefined
        ? options.softTimeoutMs
        : checkTimeout('softTimeoutMs', given.softTimeoutMs, 0);
    // The way of a hit, without timers: a read has its deadline.
    const first =
      given.signal === undefined && softTimeoutMs === undefined ? this.#retrieval.first(place) : undefined;
    const early = first && (await first);
    if (early?.reading?.grade === 'fresh') {
      this.#counts.redisHits++;
      return this.#keeper.given(early.reading.found?.value);
    }
    const spare: { found?: { readonly value: unknown } | undefined } = {};
    const value = await this.#patient(hardTimeoutMs, softTimeoutMs, given.signal, spare, (stillWaiting) =>
      this.#retrieval.getOrLoad({ place, loader, freshness, spare, stillWaiting }, early),
    );
    return this.#keeper.given(value);
  }

  #patient<T>(
    hardTimeoutMs: number | undefined,
    softTimeoutMs: number | undefined,
    signal: AbortSignal | undefined,
    spare: { readonly found?: { readonly value: unknown } | undefined },
    work: (stillWaiting: () => boolean) => Promise<T>,
  ): Promise<T> {
    const patience = {
      clock: this.#driver.clock,
      softTimeoutMs,
      hardTimeoutMs: hardTimeoutMs ?? this.#options.hardTimeoutMs,
      signal,
      instead: () => spare.found as { readonly value: T } | undefined,
      settledForLess: () => {
        this.#counts.staleSlow++;
      },
    };
    return withPatience(patience, this.#leaving, work);
  }

  async #overrule(key: string, act: 'expire' | 'remove', options: CallOptions): Promise<boolean> {
    this.#refuseClosed();
    const place = this.#places.of(key);
    return this.#traced(act, () => this.#invalidator.one(place, act, options));
  }

  #traced<T>(act: string, run: () => Promise<T>): Promise<T> {
    return traceInvalidate(() => ({ cache: this.name, act }), run);
  }

  #localHit(key: string): { readonly value: unknown } | undefined {
    const hit = this.#keeper.hit(key, key);
    if (hit !== undefined || typeof key !== 'string' || key.length === 0) return hit;
    // A key that cannot stand in a Redis key as it is has another id.
    const id = keyPart(key, 'key');
    return id === key ? undefined : this.#keeper.hit(key, id);
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new ClosedError('cache');
  }
}
