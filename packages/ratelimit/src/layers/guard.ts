import {
  type CallOptions,
  type Clock,
  checkCall,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  isUnavailable,
  reportListenerError,
} from '@penknife/core';
import type { Limiter } from '../limiter.js';
import type { CheckOptions } from '../options.js';
import type { Policy, ResolvedPolicy } from '../policy/policy.js';
import { type PolicyShape, policyOf } from '../policy/policy-of.js';
import { checkCost, resolvePolicy, whole } from '../policy/resolve-policy.js';
import { checkResult } from '../refunds.js';
import type { RateLimitResult } from '../result.js';
import { Breaker, type Health } from './breaker.js';
import { checkClock, checkLimiter, extending } from './check-limiter.js';
import { createLocalLimiter } from './local-limiter.js';

/** What happens when the server cannot be asked. */
export interface GuardOptions {
  /** `open`: let pass. `closed`: refuse with `reason: 'unavailable'`. `local`: this instance's share of the limit. */
  readonly fallback: 'open' | 'closed' | 'local';
  /** How long a decision may take, in ms. Default 50. */
  readonly deadlineMs?: number;
  /** Calls without an answer, one after another, until none is sent any more. Default 5. */
  readonly failures?: number;
  /** How long until one call is sent to see whether the server is back. Default 1 s. */
  readonly probeEvery?: Duration;
  /** How many instances share the limit while each is on its own (`local`). Default 1. */
  readonly instances?: number;
  /** Identifiers the local limiter keeps. Default 10 000. */
  readonly maxIdentifiers?: number;
  /** Told when health changes. What it throws is reported on `penknife:listener.error`. */
  readonly onHealth?: (health: Health) => void;
}

/** A limiter that always answers in time. */
export interface GuardedLimiter extends Limiter {
  /**
   * Rejects, within the deadline, when the server cannot be asked: whoever lifts a limit by hand has to know that it was not
   * done. Alone among these calls; what `refund` cannot give back recovers by itself.
   */
  reset(identifier: string, options?: CallOptions): Promise<boolean>;
  readonly health: Health;
}

/**
 * Puts a limiter behind a deadline and a breaker. Only a server that cannot be asked counts as a failure: a denial is an
 * answer. The result's `source` says who decided. A call that ended without an answer may have been charged on the server.
 */
export function guardLimiter(
  driver: { readonly clock: Clock },
  limiter: Limiter,
  options: GuardOptions,
): GuardedLimiter {
  checkClock(driver);
  checkLimiter(limiter);
  checkObject('options', options);
  const { clock } = driver;
  const { fallback, deadlineMs = 50, failures = 5, instances = 1, onHealth } = options;
  if (fallback !== 'open' && fallback !== 'closed' && fallback !== 'local')
    throw new InvalidArgumentError('fallback', "must be 'open', 'closed' or 'local'", fallback);
  whole('deadlineMs', deadlineMs);
  whole('failures', failures);
  whole('instances', instances);
  const probeEveryMs = durationMs(options.probeEvery ?? 1000, 'probeEvery', { minMs: 1 });
  const breaker = new Breaker(clock, failures, probeEveryMs, (health) => {
    try {
      onHealth?.(health);
    } catch (error) {
      reportListenerError(error);
    }
  });
  const local = createLocalLimiter(
    { clock },
    {
      policy: shareOf(limiter.policy, instances),
      name: limiter.name,
      ...(options.maxIdentifiers !== undefined && { maxIdentifiers: options.maxIdentifiers }),
    },
  );

  /** Asks the server when it may be asked; undefined when there is no answer. */
  async function ask<T>(run: () => Promise<T>): Promise<T | undefined> {
    if (!breaker.admits()) return undefined;
    try {
      const answer = await run();
      breaker.succeeded();
      return answer;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      breaker.failed();
      return undefined;
    }
  }
  const within = <T extends { readonly deadlineMs?: number }>(call: T): T & { deadlineMs: number } => ({
    ...call,
    deadlineMs: Math.min(call.deadlineMs ?? deadlineMs, deadlineMs),
  });

  async function instead(
    charge: boolean,
    identifier: string,
    options: CheckOptions,
  ): Promise<RateLimitResult> {
    const cost = checkCost(options.cost ?? 1);
    if (fallback === 'local') {
      // A policy of the call is the whole limit too: its share is taken as well.
      const { policy, ...rest } = options;
      const share = policy === undefined ? undefined : partOf(resolvePolicy(policy), instances);
      const call = { ...rest, ...(share !== undefined && { policy: share }) };
      return charge ? local.check(identifier, call) : local.peek(identifier, call);
    }
    const policy = options.policy === undefined ? limiter.policy : resolvePolicy(options.policy);
    const open = fallback === 'open';
    return {
      allowed: open,
      reason: open ? null : 'unavailable',
      remaining: open ? policy.capacity : 0,
      retryAfterMs: open ? 0 : breaker.untilProbeMs(),
      resetMs: open ? 0 : breaker.untilProbeMs(),
      delayMs: 0,
      policy: limiter.name,
      limit: policy.limit,
      windowMs: policy.windowMs,
      capacity: policy.capacity,
      receipt: null,
      cost,
      source: fallback,
    };
  }

  return {
    name: limiter.name,
    policy: limiter.policy,
    get health() {
      return breaker.health;
    },
    async check(identifier, options = {}) {
      checkCall(options);
      const answer = await ask(() => limiter.check(identifier, within(options)));
      return answer ?? instead(true, identifier, options);
    },
    async peek(identifier, options = {}) {
      checkCall(options);
      const answer = await ask(() => limiter.peek(identifier, within(options)));
      return answer ?? instead(false, identifier, options);
    },
    async refund(identifier, result, options = {}) {
      checkResult(result, limiter.name);
      checkCall(options);
      if (result.source === 'local') return local.refund(identifier, result, options);
      // What cannot be given back recovers by itself.
      return (await ask(() => limiter.refund(identifier, result, within(options)))) ?? 0;
    },
    async reset(identifier, options = {}) {
      checkCall(options);
      const own = await local.reset(identifier);
      return (await limiter.reset(identifier, within(options))) || own;
    },
    ...extending(limiter, within),
  };
}

/** What one of several instances may let pass: never less than one unit. */
function shareOf(policy: ResolvedPolicy, instances: number): ResolvedPolicy {
  return instances === 1 ? policy : resolvePolicy(partOf(policy, instances));
}

function partOf({ algorithm, limit, windowMs, capacity }: PolicyShape, instances: number): Policy {
  const part = (units: number): number => Math.max(1, Math.floor(units / instances));
  return policyOf({ algorithm, limit: part(limit), windowMs, capacity: part(capacity) });
}
