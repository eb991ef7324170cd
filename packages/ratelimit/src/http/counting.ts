import type { CallOptions, Duration } from '@penknife/core';
import { Recent } from '../layers/recent.js';
import type { LimiterDriver } from '../limiter.js';
import { createRateLimiter } from '../rate-limiter.js';
import type { RateLimitResult } from '../result.js';

/** How hits are counted for another library. */
export interface CountingOptions extends CallOptions {
  /** Names the counters in keys. Default `'default'`. */
  readonly name?: string;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long one hit may take to count, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
}

/** A count of a window, and when the window ends. */
export interface Hits {
  readonly count: number;
  readonly resetMs: number;
}

/** Counts hits in fixed windows, for libraries that decide by themselves. */
export interface HitCounter {
  hit(identifier: string, window: Duration): Promise<Hits>;
  look(identifier: string, window: Duration): Promise<Hits>;
  /** Takes a hit back, into the window in which this process counted its last one. */
  takeBack(identifier: string): Promise<void>;
  forget(identifier: string): Promise<void>;
}

/** Above any limit those libraries take: it only counts. */
const limit = 1_000_000_000;
/** Identifiers whose last hit can be taken back. */
const remembered = 10_000;

/** Makes the counter of the store adapters. */
export function countHits(driver: LimiterDriver, options: CountingOptions): HitCounter {
  const policy = (window: Duration) => ({ algorithm: 'fixed-window', limit, window }) as const;
  const limiter = createRateLimiter(driver, { ...options, policy: policy(1000) });
  const last = new Recent<RateLimitResult>(remembered);
  const hits = ({ remaining, resetMs }: RateLimitResult): Hits => ({ count: limit - remaining, resetMs });
  return {
    async hit(identifier, window) {
      const result = await limiter.check(identifier, { policy: policy(window) });
      last.set(identifier, result);
      return hits(result);
    },
    look: async (identifier, window) => hits(await limiter.peek(identifier, { policy: policy(window) })),
    async takeBack(identifier) {
      const result = last.get(identifier);
      // A copy: those libraries take back a hit at a time, of which only the last is remembered.
      if (result !== undefined) await limiter.refund(identifier, { ...result });
    },
    async forget(identifier) {
      last.delete(identifier);
      await limiter.reset(identifier);
    },
  };
}
