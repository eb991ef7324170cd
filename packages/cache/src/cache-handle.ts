import {
  AbortedError,
  type CallOptions,
  ClosedError,
  type Driver,
  defineTrace,
  InvalidArgumentError,
  type PenknifeError,
} from '@penknife/core';
import { createWriteBehind, type WriteBehind } from './behind/write-behind.js';
import type { WriteLog } from './behind/write-log.js';
import type { Cache, GradedValue, Invalidation, ManyResult, WrapOptions } from './cache.js';
import { type CacheParts, createParts } from './cache-parts.js';
import { checkFields, checkOptions } from './check-options.js';
import { type Explanation, explainPlace } from './explain.js';
import type { Target } from './invalidation/invalidator.js';
import { writeThrough } from './invalidation/write-through.js';
import type { Write } from './invalidation/writer.js';
import type { Tag } from './keys.js';
import type { Leaving } from './load/patience.js';
import type { BulkLoader, Loader } from './loader.js';
import { Many } from './many/many.js';
import { mergeCalls } from './many/merge-calls.js';
import {
  type GetOptions,
  type GetOrSetOptions,
  type InvalidateOptions,
  type ReadOptions,
  type ResolvedOptions,
  resolveFreshness,
  type SetOptions,
} from './options.js';
import { readThrough, wrapped } from './read-through.js';
import { Requests } from './requests.js';
import { type CacheStats, statsOf } from './stats.js';

const noTags: readonly Tag[] = [];
const traceInvalidate = defineTrace('cache.invalidate');

/** The handle that `createCache` gives: answers the calls out of the parts. */
export class CacheHandle<V> implements Cache<V> {
  readonly name: string;
  readonly #parts: CacheParts;
  readonly #requests: Requests;
  readonly #many: Many;
  readonly #leaving: Leaving = new Set();
  #closing: Promise<void> | undefined;

  constructor(driver: Driver, options: ResolvedOptions) {
    this.name = options.name;
    this.#parts = createParts(driver, options);
    this.#requests = new Requests(this.#parts, this.#leaving);
    const prepare = this.#prepare.bind(this);
    this.#many = new Many({ ...this.#parts, requests: this.#requests, prepare });
  }

  peek<T extends V = V>(key: string): T | undefined {
    const { keeper } = this.#parts;
    const hit = keeper.hit(key);
    return hit === undefined ? undefined : (keeper.given(hit.value) as T);
  }

  getOrSet<T extends V>(key: string, loader: Loader<T>, options?: GetOrSetOptions): Promise<T> {
    const { keeper, places } = this.#parts;
    try {
      checkFunction('loader', loader);
      const checked = this.#requests.check(options);
      refuseAborted(checked.signal);
      const hit = keeper.hit(key, checked.tags);
      if (hit !== undefined) return Promise.resolve(keeper.given(hit.value) as T);
      this.#refuseClosed();
      const value = this.#requests.get(places.of(key), loader as Loader<unknown>, checked);
      return keeper.copies ? value.then((each) => keeper.given(each) as T) : (value as Promise<T>);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async getOrSetMany<T extends V>(
    keys: readonly string[],
    loader: BulkLoader<T>,
    options?: GetOrSetOptions,
  ): Promise<ManyResult<T>> {
    this.#refuseClosed();
    return this.#many.getOrSetMany(keys, loader, options);
  }

  merged<T extends V>(loader: BulkLoader<T>, options?: GetOrSetOptions): (key: string) => Promise<T> {
    checkFunction('loader', loader);
    this.#requests.check(options);
    const tags = this.#tagsOf(options);
    const { keeper } = this.#parts;
    const peek = (key: string): T | undefined => {
      const hit = keeper.hit(key, tags);
      return hit === undefined ? undefined : (keeper.given(hit.value) as T);
    };
    // One caller's bad key is his alone.
    const check = (key: string): void => void this.#parts.places.of(key);
    return mergeCalls(peek, check, (keys) => this.getOrSetMany(keys, loader, options));
  }

  wrap<Args extends readonly unknown[], T extends V>(
    run: (...args: Args) => T | Promise<T>,
    keyOf: (...args: Args) => string,
    options: WrapOptions<Args> = {},
  ): (...args: Args) => Promise<T> {
    checkFunction('run', run);
    checkFunction('keyOf', keyOf);
    checkFields('options', options);
    return wrapped(
      (key, loader, own) => this.getOrSet(key, loader as never, own) as Promise<never>,
      run,
      keyOf,
      options,
    );
  }

  readThrough<T extends V>(
    loader: Loader<T>,
    options?: Omit<GetOrSetOptions, 'signal'>,
  ): (key: string, call?: { readonly signal?: AbortSignal }) => Promise<T> {
    checkFunction('loader', loader);
    this.#requests.check(options);
    return readThrough(
      (key, each, own) => this.getOrSet(key, each as never, own) as Promise<never>,
      loader,
      options,
    );
  }

  async read<T extends V = V>(key: string, options: ReadOptions = {}): Promise<GradedValue<T> | undefined> {
    this.#refuseClosed();
    checkOptions(options);
    const { keeper, places, retrieval } = this.#parts;
    const place = places.of(key);
    const tags = places.tags(options.tags ?? []);
    const soft = places.tags(options.softTags ?? []);
    const { grade, found } = await this.#requests.patient(options.deadlineMs, options.signal, () =>
      retrieval.read(place, tags, soft),
    );
    return grade === 'gone' || found === undefined
      ? undefined
      : { grade, value: keeper.given(found.value) as T };
  }

  async get<T extends V = V>(key: string, options: GetOptions = {}): Promise<T | undefined> {
    const { keeper, places, retrieval } = this.#parts;
    checkOptions(options);
    refuseAborted(options.signal);
    const tags = this.#tagsOf(options);
    const hit = keeper.hit(key, tags);
    if (hit !== undefined) return keeper.given(hit.value) as T;
    this.#refuseClosed();
    const place = places.of(key);
    const found = await this.#requests.patient(options.deadlineMs, options.signal, () =>
      retrieval.look(place, tags),
    );
    return found === undefined ? undefined : (keeper.given(found.value) as T);
  }

  async getMany<T extends V = V>(keys: readonly string[], options: GetOptions = {}): Promise<ManyResult<T>> {
    this.#refuseClosed();
    checkOptions(options);
    return this.#many.getMany(keys, options);
  }

  async set(key: string, value: V, options: SetOptions = {}): Promise<void> {
    this.#refuseClosed();
    const write = this.#prepare(key, value, options);
    const [failure] = (await this.#traced('set', () => this.#parts.writer.write([write], options))).values();
    if (failure !== undefined) throw failure;
  }

  async setMany(
    entries: Iterable<readonly [key: string, value: V]>,
    options: SetOptions = {},
  ): Promise<ReadonlyMap<string, PenknifeError>> {
    this.#refuseClosed();
    checkOptions(options);
    return this.#traced('set', () => this.#many.setMany(entries, options));
  }

  async writeThrough<T extends V>(
    key: string,
    value: T,
    write: (value: T) => Promise<void>,
    options: SetOptions = {},
  ): Promise<void> {
    this.#refuseClosed();
    checkFunction('write', write);
    const item = this.#prepare(key, value, options);
    await this.#traced('write-through', () => writeThrough(this.#parts, item, () => write(value), options));
  }

  writeBehind<Log extends WriteLog>(log: Log): WriteBehind<V, Log> {
    this.#refuseClosed();
    const prepare = (key: string, value: unknown, options: SetOptions): Write => {
      this.#refuseClosed();
      return this.#prepare(key, value, options);
    };
    return createWriteBehind<V, Log>({ ...this.#parts, prepare }, log);
  }

  async invalidate(what: Invalidation, options: InvalidateOptions = {}): Promise<void> {
    await this.#invalidate(what, options);
  }

  async expire(key: string, options: InvalidateOptions = {}): Promise<boolean> {
    return (await this.#invalidate({ keys: [key], act: 'expire' }, options))[0] === true;
  }

  async remove(key: string, options: InvalidateOptions = {}): Promise<boolean> {
    return (await this.#invalidate({ keys: [key] }, options))[0] === true;
  }

  async expireTags(tags: readonly string[], options: InvalidateOptions = {}): Promise<void> {
    await this.#invalidate({ tags, act: 'expire' }, options);
  }

  async removeTags(tags: readonly string[], options: InvalidateOptions = {}): Promise<void> {
    await this.#invalidate({ tags }, options);
  }

  async clear(options: InvalidateOptions = {}): Promise<void> {
    await this.#invalidate({ all: true }, options);
  }

  async expireAll(options: InvalidateOptions = {}): Promise<void> {
    await this.#invalidate({ all: true, act: 'expire' }, options);
  }

  async explain(key: string, options: CallOptions = {}): Promise<Explanation> {
    this.#refuseClosed();
    checkOptions(options);
    return explainPlace(this.#parts, this.#parts.places.of(key), options);
  }

  stats(): CacheStats {
    const { keeper, counts } = this.#parts;
    const { entries = 0, bytes = 0, evictions = 0 } = keeper.tier ?? {};
    return statsOf(counts, { entries, bytes, evictions });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { keeper, position, loads, wakeUps, confirmations } = this.#parts;
    for (const leave of [...this.#leaving]) leave(new ClosedError('cache', 'maybe'));
    keeper.overruleAll();
    const told = Promise.all([position.close(), loads.close()]);
    wakeUps.close();
    confirmations.close();
    await told;
  }

  async #invalidate(what: Invalidation, options: InvalidateOptions): Promise<readonly boolean[]> {
    this.#refuseClosed();
    checkFields('what', what);
    checkOptions(options);
    const { keys = [], tags = [], all, act = 'remove' } = what;
    if (what.keys === undefined && what.tags === undefined && all === undefined)
      throw new InvalidArgumentError('what', 'must say keys, tags or all', what);
    if (options.everywhere !== undefined && typeof options.everywhere !== 'boolean')
      throw new InvalidArgumentError('everywhere', 'must be a boolean', options.everywhere);
    if (all !== undefined && all !== true)
      throw new InvalidArgumentError('all', 'must be true or left out', all);
    const { places, invalidator } = this.#parts;
    if (act !== 'remove' && act !== 'expire') {
      throw new InvalidArgumentError('act', 'must be remove or expire', act);
    }
    if (!Array.isArray(keys)) throw new InvalidArgumentError('keys', 'must be a list of strings', keys);
    const unique: readonly string[] = [...new Set(keys)];
    const target: Target = {
      places: unique.map((key) => places.of(key)),
      tags: places.tags(tags),
      all: all === true,
    };
    return this.#traced(act, () => invalidator.invalidate(target, act, options));
  }

  #prepare(key: string, value: unknown, options: SetOptions): Write {
    const { options: own, places, codec } = this.#parts;
    checkOptions(options);
    const place = places.of(key);
    if (value === undefined) throw new InvalidArgumentError('value', 'must not be undefined', value);
    const base =
      value === null
        ? { ttlMs: own.negativeTtlMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 }
        : own.freshness;
    const freshness = resolveFreshness(options, base);
    return { place, encoded: codec.encode(value), freshness, tags: places.tags(options.tags ?? []) };
  }

  /** What an entry has to bear, in the local tier as well. */
  #tagsOf(options: { readonly tags?: readonly string[] } | undefined): readonly Tag[] {
    return options?.tags === undefined ? noTags : this.#parts.places.tags(options.tags);
  }

  #traced<T>(act: string, run: () => Promise<T>): Promise<T> {
    return traceInvalidate(() => ({ cache: this.name, act }), run);
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new ClosedError('cache');
  }
}

/** Also where the answer is at hand: whoever gave up gets none. */
function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AbortedError(signal.reason, 'no');
}

function checkFunction(argument: string, given: unknown): void {
  if (typeof given !== 'function') throw new InvalidArgumentError(argument, 'must be a function', given);
}
