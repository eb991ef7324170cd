import { type Clock, systemClock } from '@penknife/core';
import { type CountingOptions, countHits } from './http/counting.js';
import type { LimiterDriver } from './limiter.js';

/** What express-rate-limit 7 and 8 ask of a store. */
export interface ExpressRateLimitStore {
  readonly localKeys: false;
  readonly prefix: string;
  init(options: { readonly windowMs: number }): void;
  increment(key: string): Promise<{ totalHits: number; resetTime: Date }>;
  decrement(key: string): Promise<void>;
  resetKey(key: string): Promise<void>;
  get(key: string): Promise<{ totalHits: number; resetTime: Date } | undefined>;
}

/**
 * A store for those who stay with express-rate-limit: counts in aligned windows on the server's clock, one command a request.
 * Its own rules stay: denied requests are counted, and up to twice the limit passes across an edge.
 *
 * ```ts
 * app.use(rateLimit({ windowMs: 60_000, limit: 100, store: expressRateLimitStore(driver) }));
 * ```
 */
export function expressRateLimitStore(
  driver: LimiterDriver,
  { clock = systemClock, ...options }: CountingOptions & { readonly clock?: Clock } = {},
): ExpressRateLimitStore {
  const counter = countHits(driver, { name: 'express-rate-limit', ...options });
  let windowMs = 60_000;
  const info = ({ count, resetMs }: { count: number; resetMs: number }) => ({
    totalHits: count,
    resetTime: new Date(clock.now() + resetMs),
  });
  return {
    localKeys: false,
    prefix: options.name ?? 'express-rate-limit',
    init(options) {
      windowMs = options.windowMs;
    },
    increment: async (key) => info(await counter.hit(key, windowMs)),
    decrement: (key) => counter.takeBack(key),
    resetKey: (key) => counter.forget(key),
    async get(key) {
      const hits = await counter.look(key, windowMs);
      return hits.count === 0 ? undefined : info(hits);
    },
  };
}
