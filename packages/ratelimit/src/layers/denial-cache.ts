import { type Clock, type Duration, durationMs, InvalidArgumentError } from '@penknife/core';
import type { Limiter } from '../limiter.js';
import { checkCost, whole } from '../policy/resolve-policy.js';
import type { RateLimitResult } from '../result.js';
import { checkLimiter } from './check-limiter.js';
import { Recent } from './recent.js';

/** How denials are remembered. */
export interface DenialCacheOptions {
  /** Identifiers kept; the ones not asked for longest go first. Default 10 000. */
  readonly maxIdentifiers?: number;
  /** How long a denial is believed at most: the time a refund or reset by another process may go unseen. Default 1 s. */
  readonly longest?: Duration;
}

interface Denial {
  readonly result: RateLimitResult;
  readonly deniedAt: number;
  readonly untilMs: number;
}

/**
 * Answers from memory what the server would deny anyway: a cost that was denied, or a larger one, until the time at which it
 * could pass. A smaller cost is asked for. Never denies what the server would allow, but for what other processes gave back
 * within `longest`. Denials answered here are not counted by `penalty` or `chargeDenied`. Not for `concurrency`, whose units
 * come back at any time.
 */
export function cacheDenials(
  { clock }: { readonly clock: Clock },
  limiter: Limiter,
  options: DenialCacheOptions = {},
): Limiter {
  checkLimiter(limiter);
  const { maxIdentifiers = 10_000 } = options;
  whole('maxIdentifiers', maxIdentifiers);
  const longestMs = durationMs(options.longest ?? 1000, 'longest', { minMs: 1 });
  if (limiter.policy.algorithm === 'concurrency')
    throw new InvalidArgumentError('limiter', 'must not be a concurrency limit', limiter.name);
  const denials = new Recent<Denial>(maxIdentifiers);

  return {
    name: limiter.name,
    policy: limiter.policy,
    async check(identifier, options) {
      const cost = checkCost(options?.cost ?? 1);
      // Another policy may allow what this one denies.
      if (options?.policy !== undefined) return limiter.check(identifier, options);
      const known = denials.get(identifier);
      const now = clock.monotonic();
      if (known !== undefined && now < known.untilMs && cost >= known.result.cost)
        return recalled(known, cost, now);
      const result = await limiter.check(identifier, options);
      if (result.allowed || result.source !== 'server' || result.retryAfterMs === null) return result;
      // Counted from before it was asked, and one less than was rounded up: never later than the server would say.
      const untilMs = now + Math.min(longestMs, result.retryAfterMs - 1);
      denials.set(identifier, { result, deniedAt: now, untilMs });
      return result;
    },
    peek: (identifier, options) => limiter.peek(identifier, options),
    async refund(identifier, result, options) {
      const units = await limiter.refund(identifier, result, options);
      denials.delete(identifier);
      return units;
    },
    async reset(identifier, options) {
      const had = await limiter.reset(identifier, options);
      denials.delete(identifier);
      return had;
    },
  };
}

function recalled({ result, deniedAt }: Denial, cost: number, now: number): RateLimitResult {
  const elapsedMs = Math.floor(now - deniedAt);
  const left = (ms: number): number => Math.max(1, ms - elapsedMs);
  return {
    ...result,
    cost,
    retryAfterMs: left(result.retryAfterMs ?? 0),
    resetMs: left(result.resetMs),
    source: 'cache',
  };
}
