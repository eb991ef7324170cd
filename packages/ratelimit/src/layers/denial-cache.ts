import { type Clock, checkObject, type Duration, durationMs, InvalidArgumentError } from '@penknife/core';
import type { Limiter } from '../limiter.js';
import { checkCost, whole } from '../policy/resolve-policy.js';
import type { RateLimitResult } from '../result.js';
import { checkClock, checkLimiter } from './check-limiter.js';
import { Recent } from './recent.js';

/** How denials are remembered. */
export interface DenialCacheOptions {
  /** Identifiers kept; the ones not asked for longest go first. Default 10 000. */
  readonly maxIdentifiers?: number;
  /** How long a denial is believed at most: the time a refund or reset past this cache may go unseen. Default 1 s. */
  readonly longest?: Duration;
}

/** A denial; or, where there is no result, that the identifier was given something back. */
interface Known {
  readonly result: RateLimitResult | undefined;
  /** When the answer came: what is left to wait is counted from then, and never told too short. */
  readonly deniedAt: number;
  readonly untilMs: number;
  /** How much had been forgotten when this was written. */
  readonly forgotten: number;
}

/**
 * Answers from memory what the server would deny anyway: the cost that was denied last, until the time at which it could pass.
 * Another cost is asked for, since it would have to wait for another time. Never denies what the server would allow, but for
 * what was given back elsewhere than through this cache within `longest`: by other processes, or by a bare limiter. Denials answered here are not counted by `penalty` or `chargeDenied`. Not
 * for `concurrency`, whose units come back at any time.
 */
export function cacheDenials(
  driver: { readonly clock: Clock },
  limiter: Limiter,
  options: DenialCacheOptions = {},
): Limiter {
  checkClock(driver);
  checkLimiter(limiter);
  checkObject('options', options);
  const { clock } = driver;
  const { maxIdentifiers = 10_000 } = options;
  whole('maxIdentifiers', maxIdentifiers);
  const longestMs = durationMs(options.longest ?? 1000, 'longest', { minMs: 1 });
  if (limiter.policy.algorithm === 'concurrency')
    throw new InvalidArgumentError('limiter', 'must not be a concurrency limit', limiter.name);
  const known = new Recent<Known>(maxIdentifiers);
  let forgotten = 0;

  /** What is on its way was denied before: it must not be believed any more. */
  function forget(identifier: string): void {
    forgotten += 1;
    known.set(identifier, { result: undefined, deniedAt: 0, untilMs: 0, forgotten });
  }

  return {
    name: limiter.name,
    policy: limiter.policy,
    async check(identifier, options) {
      const cost = checkCost(options?.cost ?? 1);
      // Another policy may allow what this one denies.
      if (options?.policy !== undefined) return limiter.check(identifier, options);
      const last = known.get(identifier);
      const now = clock.monotonic();
      if (last?.result?.cost === cost && now < last.untilMs) return recalled(last.result, last.deniedAt, now);
      const asked = forgotten;
      const result = await limiter.check(identifier, options);
      if (result.allowed || result.source !== 'server' || result.retryAfterMs === null) return result;
      if ((known.get(identifier)?.forgotten ?? 0) > asked) return result;
      // Counted from before it was asked, and one less than was rounded up: never later than the server would say.
      const untilMs = now + Math.min(longestMs, result.retryAfterMs - 1);
      known.set(identifier, { result, deniedAt: clock.monotonic(), untilMs, forgotten });
      return result;
    },
    peek: (identifier, options) => limiter.peek(identifier, options),
    async refund(identifier, result, options) {
      // Also when it rejected: it may have been done.
      try {
        return await limiter.refund(identifier, result, options);
      } finally {
        forget(identifier);
      }
    },
    async reset(identifier, options) {
      try {
        return await limiter.reset(identifier, options);
      } finally {
        forget(identifier);
      }
    },
  };
}

function recalled(result: RateLimitResult, deniedAt: number, now: number): RateLimitResult {
  const elapsedMs = Math.floor(now - deniedAt);
  const left = (ms: number): number => Math.max(1, ms - elapsedMs);
  return {
    ...result,
    retryAfterMs: left(result.retryAfterMs ?? 0),
    resetMs: left(result.resetMs),
    source: 'cache',
  };
}
