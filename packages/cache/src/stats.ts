/** What a cache did since it was made. Counts, except for what `local` holds now. */
export interface CacheStats {
  readonly hits: { readonly local: number; readonly redis: number };
  readonly misses: number;
  /** Runs of a loader by this process, and how many of them failed. */
  readonly loads: number;
  readonly loadFailures: number;
  /** Values served although they were not fresh, by why. */
  readonly stale: {
    readonly revalidating: number;
    readonly failed: number;
    readonly slow: number;
    readonly unavailable: number;
  };
  /** Loads begun before a value's end, in the background. */
  readonly earlyRefreshes: number;
  /** Loaded values that were not stored because something had invalidated them meanwhile. */
  readonly fillsRefused: number;
  /** Entries that could not be read: foreign, broken, too large. */
  readonly unreadable: number;
  /** Times a call waited for another process to load. */
  readonly waits: number;
  /** Invalidations heard of, and times the local tier was dropped as a whole. */
  readonly invalidations: number;
  readonly drops: number;
  /** Times Redis could not be asked. */
  readonly unavailable: number;
  readonly local: { readonly entries: number; readonly bytes: number; readonly evictions: number };
}

/** The counts as they run. */
export interface Counts {
  localHits: number;
  redisHits: number;
  misses: number;
  loads: number;
  loadFailures: number;
  staleRevalidating: number;
  staleFailed: number;
  staleSlow: number;
  staleUnavailable: number;
  fillsRefused: number;
  earlyRefreshes: number;
  unreadable: number;
  waits: number;
  invalidations: number;
  drops: number;
  unavailable: number;
}

/** Counts that start at zero. */
export function createCounts(): Counts {
  return {
    localHits: 0,
    redisHits: 0,
    misses: 0,
    loads: 0,
    loadFailures: 0,
    staleRevalidating: 0,
    staleFailed: 0,
    staleSlow: 0,
    staleUnavailable: 0,
    fillsRefused: 0,
    earlyRefreshes: 0,
    unreadable: 0,
    waits: 0,
    invalidations: 0,
    drops: 0,
    unavailable: 0,
  };
}

/** The counts as they are shown. */
export function statsOf(counts: Counts, local: CacheStats['local']): CacheStats {
  const { localHits, redisHits, staleRevalidating, staleFailed, staleSlow, staleUnavailable, ...rest } =
    counts;
  return {
    ...rest,
    hits: { local: localHits, redis: redisHits },
    stale: {
      revalidating: staleRevalidating,
      failed: staleFailed,
      slow: staleSlow,
      unavailable: staleUnavailable,
    },
    local,
  };
}
