import type { Freshness } from './options.js';

/** What a loader may say about a value. */
export interface ValueSayings {
  /** Other times for this value than those of the cache. */
  keepFor(freshness: Freshness): void;
  /** Tags for this value beside those of the call. Who reads it without declaring them takes a second trip for them. */
  tag(...tags: readonly string[]): void;
  /** Give the value to those who asked, and store nothing. */
  doNotCache(): void;
}

/** What a loader is told, and what it may say. */
export interface LoaderContext<V> extends ValueSayings {
  readonly key: string;
  /** Fires when the result can no longer be stored (the lease ran out) or the cache was closed. */
  readonly signal: AbortSignal;
  /** The value that was there before, if it may still serve for errors. Do not change it. */
  readonly stale: V | undefined;
}

/** Gets the value from where it lives. `null` means that it does not exist; `undefined` is refused. */
export type Loader<V> = (context: LoaderContext<V>) => V | Promise<V>;

/** What a bulk loader is told, and what it may say. */
export interface BulkLoaderContext<V> {
  /** Those that are missing, and that this process is the one to load. */
  readonly keys: readonly string[];
  /** Fires when none of the results can be stored any more, or the cache was closed. */
  readonly signal: AbortSignal;
  /** What was there before, for the keys where it may still serve for errors. Do not change it. */
  readonly stale: ReadonlyMap<string, V>;
  /** What there is to say about the value of one of the keys. */
  value(key: string): ValueSayings;
  /** This key could not be loaded; the others are not touched by it. */
  fail(key: string, error: unknown): void;
}

/**
 * Gets many values at once: a map or pairs of key and value. `null` means that it does not exist; a key that is not
 * given back fails with `UndefinedValueError`, and what it throws is the failure of every key.
 */
export type BulkLoader<V> = (
  context: BulkLoaderContext<V>,
) => Iterable<readonly [string, V]> | Promise<Iterable<readonly [string, V]>>;
