import { type Clock, isUnavailable, reportListenerError } from '@penknife/core';
import { heartbeat } from './heartbeat.js';
import type { HoldOutcome, Limiter, RateLimiter } from './limiter.js';
import type { CheckOptions } from './options.js';

/** Runs work under a lease that is extended until it ends. */
export async function hold<T>(
  limiter: Limiter & Pick<RateLimiter, 'extend'>,
  clock: Clock,
  identifier: string,
  options: CheckOptions,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<HoldOutcome<T>> {
  const askedAt = clock.monotonic();
  const result = await limiter.check(identifier, options);
  if (!result.allowed) return { held: false, result };
  const lost = new AbortController();
  const beating = heartbeat(clock, {
    leaseMs: result.windowMs,
    askedAt,
    extend: (call) => limiter.extend(identifier, result, call),
    lost: () => lost.abort(new Error(`the lease of ${limiter.name} is lost`)),
  });
  // `AbortSignal.any` would leave an entry with the caller's signal for as long as that one lives.
  const onAbort = (): void => lost.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();
  try {
    return { held: true, value: await run(lost.signal), result };
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    beating.stop();
    // Whoever is left without an answer leaves the lease to its end; the work's own outcome matters more.
    await limiter.refund(identifier, result).catch((error: unknown) => {
      if (!isUnavailable(error)) reportListenerError(error);
    });
  }
}
