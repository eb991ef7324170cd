import { checkObject, InvalidArgumentError, reportListenerError } from '@penknife/core';
import type { Limiter } from '../limiter.js';
import type { RateLimitResult } from '../result.js';
import { checkLimiter, extending } from './check-limiter.js';

/** What is told, and whether denials count. */
export interface ObserveOptions {
  /** Let everything pass and only tell: for trying a limit before it is enforced. Default false. */
  readonly shadow?: boolean;
  /** The share of the capacity from which on `onNearLimit` is called. Default 0.8. */
  readonly nearLimit?: number;
  /** An allowed call that left the identifier near its limit. */
  readonly onNearLimit?: (identifier: string, result: RateLimitResult) => void;
  /** A call that was denied, or would have been. */
  readonly onDenied?: (identifier: string, result: RateLimitResult) => void;
}

/**
 * Tells of denials and of identifiers near their limit, and in shadow mode lets everything pass: `shadowed` of the result
 * then holds what would have been answered. What a listener throws is reported on `penknife:listener.error`.
 */
export function observeLimiter(limiter: Limiter, options: ObserveOptions): Limiter {
  checkLimiter(limiter);
  const { shadow, tell } = observing(options);

  return {
    name: limiter.name,
    policy: limiter.policy,
    async check(identifier, call) {
      const result = await limiter.check(identifier, call);
      tell(identifier, result);
      return shadow ? shadowed(result) : result;
    },
    peek: async (identifier, call) => {
      const result = await limiter.peek(identifier, call);
      return shadow ? shadowed(result) : result;
    },
    refund: (identifier, result, call) => limiter.refund(identifier, result, call),
    reset: (identifier, call) => limiter.reset(identifier, call),
    ...extending(limiter),
  };
}

/** Reads the options: who is told of a result, and whether denials count. Throws `InvalidArgumentError`. */
export function observing(options: ObserveOptions): {
  readonly shadow: boolean;
  tell(identifier: string, result: RateLimitResult): void;
} {
  checkObject('options', options);
  const { shadow = false, nearLimit = 0.8, onNearLimit, onDenied } = options;
  if (!(nearLimit > 0 && nearLimit <= 1))
    throw new InvalidArgumentError('nearLimit', 'must be above 0 and at most 1', nearLimit);
  return {
    shadow,
    tell(identifier, result) {
      // Of this call's policy, which may be another than the limiter's.
      const { allowed, remaining, capacity } = result;
      const near = capacity - remaining >= capacity * nearLimit;
      try {
        if (!allowed) onDenied?.(identifier, result);
        else if (near) onNearLimit?.(identifier, result);
      } catch (error) {
        reportListenerError(error);
      }
    },
  };
}

/** A denial as shadow mode tells it: it passes, and says what would have been answered. */
export function shadowed(result: RateLimitResult): RateLimitResult {
  const { allowed, reason, remaining, retryAfterMs, resetMs, delayMs } = result;
  if (allowed) return result;
  const shadowed = { allowed, reason, remaining, retryAfterMs, resetMs, delayMs };
  return { ...result, allowed: true, reason: null, retryAfterMs: 0, shadowed };
}
