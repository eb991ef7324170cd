import { type CountingOptions, countHits } from './http/counting.js';
import type { LimiterDriver } from './limiter.js';

type Answer = (error: Error | null, hits?: { current: number; ttl: number }) => void;

/** What @fastify/rate-limit asks of a store. */
export interface FastifyRateLimitStore {
  incr(key: string, answer: Answer, timeWindow: number): void;
  child(routeOptions: FastifyRouteOptions): FastifyRateLimitStore;
}

/** What @fastify/rate-limit tells of a route. */
export interface FastifyRouteOptions {
  readonly routeInfo?: { readonly method?: unknown; readonly url?: string };
}

/**
 * A store for those who stay with @fastify/rate-limit 10 and 11: counts in aligned windows on the server's clock, one command a
 * request. Its own rules stay: denied requests are counted, and up to twice the limit passes across an edge.
 *
 * ```ts
 * await app.register(rateLimit, { max: 100, timeWindow: 60_000, store: fastifyRateLimitStore(driver) });
 * ```
 */
export function fastifyRateLimitStore(
  driver: LimiterDriver,
  options: CountingOptions = {},
): new () => FastifyRateLimitStore {
  const counter = countHits(driver, { name: 'fastify-rate-limit', ...options });
  return class Store implements FastifyRateLimitStore {
    readonly #route: string;
    constructor(route = '') {
      this.#route = typeof route === 'string' ? route : '';
    }
    incr(key: string, answer: Answer, timeWindow: number): void {
      counter.hit(`${this.#route} ${key}`, timeWindow).then(
        ({ count, resetMs }) => answer(null, { current: count, ttl: resetMs }),
        (error: unknown) => answer(error as Error),
      );
    }
    child({ routeInfo }: FastifyRouteOptions): FastifyRateLimitStore {
      const Child = Store as new (route: string) => FastifyRateLimitStore;
      return new Child(`${String(routeInfo?.method ?? '')} ${routeInfo?.url ?? ''}`);
    }
  };
}
