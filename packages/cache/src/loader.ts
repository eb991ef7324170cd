import type { Freshness } from './options.js';

/** What a loader is told, and what it may say. */
export interface LoaderContext<V> {
  readonly key: string;
  /** Fires when the result can no longer be stored (the lease ran out) or the cache was closed. */
  readonly signal: AbortSignal;
  /** The value that was there before, if it may still serve for errors. Do not change it. */
  readonly stale: V | undefined;
  /** Other times for this value than those of the cache. */
  keepFor(freshness: Freshness): void;
  /** Give the value to those who asked, and store nothing. */
  doNotCache(): void;
}

/** Gets the value from where it lives. `null` means that it does not exist; `undefined` is refused. */
export type Loader<V> = (context: LoaderContext<V>) => V | Promise<V>;
