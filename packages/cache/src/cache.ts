import type { CallOptions, PenknifeError } from '@penknife/core';
import type { WriteBehind } from './behind/write-behind.js';
import type { WriteLog } from './behind/write-log.js';
import type { Explanation } from './explain.js';
import type { BulkLoader, Loader } from './loader.js';
import type { GetOptions, GetOrSetOptions, InvalidateOptions, ReadOptions, SetOptions } from './options.js';
import type { CacheStats } from './stats.js';

/** What became of many keys: each is in one of the two, or in none when there was nothing. */
export interface ManyResult<V> {
  readonly values: ReadonlyMap<string, V>;
  /** What each of the others met: the loader's error, or that Redis could not be asked. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** A value, and what it is good for: `'fallback'` is kept for when loaders fail, and not served else. */
export interface GradedValue<V> {
  readonly value: V;
  readonly grade: 'fresh' | 'stale' | 'fallback';
}

/** What is to be invalidated. */
export interface Invalidation {
  readonly keys?: readonly string[];
  /** Every entry that bears one of them. */
  readonly tags?: readonly string[];
  /** Everything. */
  readonly all?: true;
  /** `'remove'`: gone everywhere (default). `'expire'`: not served any more, but kept for when the loader fails. */
  readonly act?: 'remove' | 'expire';
}

/** What a wrapped function may say. */
export interface WrapOptions<Args extends readonly unknown[]>
  extends Omit<GetOrSetOptions, 'tags' | 'signal'> {
  readonly tags?: readonly string[] | ((...args: Args) => readonly string[]);
}

/** A cache in two tiers: this process, over Redis. It holds subscriptions and a timer while it is used: close it. */
export interface Cache<V = unknown> {
  readonly name: string;
  /**
   * The value, or what the loader gives. Of all processes one runs the loader while its lease lives; the others wait for the
   * result. A value that was loaded before an invalidation is never stored after it. Rejects with what the loader threw,
   * `LoadFailedError`, `LoadTimeoutError`, `UndefinedValueError`, `CodecError` or `ValueTooLargeError`.
   */
  getOrSet<T extends V>(key: string, loader: Loader<T>, options?: GetOrSetOptions): Promise<T>;
  /**
   * The same for many keys, at most 10 000: the loader is called once, with those keys that are missing and that no other
   * process is loading. Resolves when each key has its value or its failure.
   */
  getOrSetMany<T extends V>(
    keys: readonly string[],
    loader: BulkLoader<T>,
    options?: GetOrSetOptions,
  ): Promise<ManyResult<T>>;
  /**
   * Gives a function for one key whose calls within one turn of the event loop go together, as one `getOrSetMany`. Each call
   * rejects with what its own key met.
   */
  merged<T extends V>(loader: BulkLoader<T>, options?: GetOrSetOptions): (key: string) => Promise<T>;
  /** Read-through: gives a function for one key that always loads by this loader, as `getOrSet` does. */
  readThrough<T extends V>(
    loader: Loader<T>,
    options?: Omit<GetOrSetOptions, 'signal'>,
  ): (key: string, call?: { readonly signal?: AbortSignal }) => Promise<T>;
  /**
   * Read-through by the name of a function: what it gives is cached by its arguments, for whoever calls the function made here.
   * `keyOf` names a call: arguments that count differently must have different keys.
   */
  wrap<Args extends readonly unknown[], T extends V>(
    run: (...args: Args) => T | Promise<T>,
    keyOf: (...args: Args) => string,
    options?: WrapOptions<Args>,
  ): (...args: Args) => Promise<T>;
  /** The value if it is fresh or may still be served while stale; undefined: nothing there. Never loads. */
  get<T extends V = V>(key: string, options?: GetOptions): Promise<T | undefined>;
  /** The same for many keys, at most 10 000, in one round trip for each 128 of them (a slot's worth on a cluster). */
  getMany<T extends V = V>(keys: readonly string[], options?: GetOptions): Promise<ManyResult<T>>;
  /** What Redis holds, also as a fallback, with what it is good for; undefined: nothing. Does not ask the local tier. */
  read<T extends V = V>(key: string, options?: ReadOptions): Promise<GradedValue<T> | undefined>;
  /** What this process may serve at once, without a promise; undefined: ask `get` or `getOrSet`. */
  peek<T extends V = V>(key: string): T | undefined;
  /** Replaces the value everywhere. A load under way is not stored. Resolves when other processes have been told. */
  set(key: string, value: V, options?: SetOptions): Promise<void>;
  /** The same for many keys, at most 10 000. Gives the error of each that could not be set, or perhaps was. */
  setMany(
    entries: Iterable<readonly [key: string, value: V]>,
    options?: SetOptions,
  ): Promise<ReadonlyMap<string, PenknifeError>>;
  /**
   * Write-through: `write` puts the value where it lives, then the cache holds it. The key is removed everywhere before, and
   * readers wait for the write meanwhile, at most `leaseMs`. Of writes that overlap none is kept: the next reader loads.
   * Rejects with what `write` threw; or, when Redis cannot be asked, before `write` is called, or after it (then it is
   * written, and the key may hold a value loaded while `leaseMs` had run out: remove it).
   */
  writeThrough<T extends V>(
    key: string,
    value: T,
    write: (value: T) => Promise<void>,
    options?: SetOptions,
  ): Promise<void>;
  /**
   * Write-behind: a write is done when it is in the log, and stored by whoever consumes it. A key that is written behind is
   * to be written in no other way.
   *
   * ```ts
   * const writes = streams.open(defineStream('writes', { schema: writeLogSchema, retention: 'forever' }));
   * const behind = cache.writeBehind(writes);
   * await behind.write('42', product);
   * behind.store('database', ({ key, value, version, signal }) => upsert(key, value, version, signal)); // in a worker
   * ```
   */
  writeBehind<Log extends WriteLog>(log: Log): WriteBehind<V, Log>;
  /** Invalidates keys, tags, or everything, together. Rejects when it could not be made, or perhaps was: repeat it. */
  invalidate(what: Invalidation, options?: InvalidateOptions): Promise<void>;
  /** Not served any more, but kept for when the loader fails (`staleIfErrorMs`). True when Redis held an entry. */
  expire(key: string, options?: InvalidateOptions): Promise<boolean>;
  /** Gone everywhere, also as a fallback. True when Redis held an entry. */
  remove(key: string, options?: InvalidateOptions): Promise<boolean>;
  /** Expires every entry that bears one of the tags, in one step whatever their number. */
  expireTags(tags: readonly string[], options?: InvalidateOptions): Promise<void>;
  /** Removes every entry that bears one of the tags, in one step whatever their number; Redis frees them as their TTLs end. */
  removeTags(tags: readonly string[], options?: InvalidateOptions): Promise<void>;
  /** Removes everything, in one step whatever the number of entries; Redis frees them as their TTLs end. */
  clear(options?: InvalidateOptions): Promise<void>;
  /** Expires everything, in one step: kept for when loaders fail. */
  expireAll(options?: InvalidateOptions): Promise<void>;
  /** Why a key is what it is: tiers, ages, tags, lease, last failure. Changes nothing. */
  explain(key: string, options?: CallOptions): Promise<Explanation>;
  stats(): CacheStats;
  /** Aborts loaders, gives their leases to others, rejects who waits with `ClosedError`. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
