import type { CallOptions } from '@penknife/core';
import type { Explanation } from './explain.js';
import type { Loader } from './loader.js';
import type { GetOrSetOptions, SetOptions } from './options.js';
import type { CacheStats } from './stats.js';

/** A cache in two tiers: this process, over Redis. It holds subscriptions and a timer while it is used: close it. */
export interface Cache<V = unknown> {
  readonly name: string;
  /**
   * The value, or what the loader gives. Of all processes one runs the loader while its lease lives; the others wait for the
   * result. A value that was loaded before an invalidation is never stored after it. Rejects with what the loader threw,
   * `LoadFailedError`, `LoadTimeoutError`, `UndefinedValueError`, `CodecError` or `ValueTooLargeError`.
   */
  getOrSet<T extends V>(key: string, loader: Loader<T>, options?: GetOrSetOptions): Promise<T>;
  /** The value if it is fresh or may still be served while stale; undefined: nothing there. Never loads. */
  get<T extends V = V>(key: string, options?: CallOptions): Promise<T | undefined>;
  /** What this process may serve at once, without a promise; undefined: ask `get` or `getOrSet`. */
  peek<T extends V = V>(key: string): T | undefined;
  /** Replaces the value everywhere. A load under way is not stored. Resolves when other processes have been told. */
  set(key: string, value: V, options?: SetOptions): Promise<void>;
  /** Not served any more, but kept for when the loader fails (`staleIfErrorMs`). True when Redis held an entry. */
  expire(key: string, options?: CallOptions): Promise<boolean>;
  /** Gone everywhere, also as a fallback. True when Redis held an entry. */
  remove(key: string, options?: CallOptions): Promise<boolean>;
  /** Removes everything, in one step whatever the number of entries; Redis frees them as their TTLs end. */
  clear(options?: CallOptions): Promise<void>;
  /** Expires everything, in one step: kept for when loaders fail. */
  expireAll(options?: CallOptions): Promise<void>;
  /** Why a key is what it is: tiers, ages, lease, last failure. Changes nothing. */
  explain(key: string): Promise<Explanation>;
  stats(): CacheStats;
  /** Aborts loaders, gives their leases to others, rejects who waits with `ClosedError`. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
