import { type CallOptions, defineTrace, type Sender } from '@penknife/core';
import { decide, forget } from './commands.js';
import { rateLimitKeys } from './keys.js';
import { type CheckOptions, type RateLimiterOptions, resolveOptions } from './options.js';
import { checkCost, type ResolvedPolicy } from './policy.js';
import type { RateLimitResult } from './result.js';

/** A limiter: one policy, any number of identifiers. It holds no connection and no timer, so there is nothing to close. */
export interface RateLimiter {
  readonly name: string;
  readonly policy: ResolvedPolicy;
  /**
   * Decides, and charges the cost when allowed; a denied call changes nothing. One command. Rejects with the driver's
   * errors when the server cannot be asked: what to do then (let pass or not) is the caller's choice. A call that ended
   * with `sent: 'maybe'` may have been charged; it is never sent twice.
   */
  check(identifier: string, options?: CheckOptions): Promise<RateLimitResult>;
  /** What `check` would say now, without charging. */
  peek(identifier: string, options?: CheckOptions): Promise<RateLimitResult>;
  /** Gives the identifier its full burst again. True when it had used any. */
  reset(identifier: string, options?: CallOptions): Promise<boolean>;
}

const trace = defineTrace('ratelimit.check');

/**
 * Makes a rate limiter (GCRA) on the server's clock. Exact across processes: each decision is one atomic script.
 *
 * ```ts
 * const limiter = createRateLimiter(driver, { name: 'api', policy: '100/min burst 20' });
 * const { allowed, remaining, retryAfterMs } = await limiter.check(userId);
 * ```
 */
export function createRateLimiter(driver: Sender, options: RateLimiterOptions): RateLimiter {
  const { policy, name, namespace, deadlineMs } = resolveOptions(options);
  const keys = rateLimitKeys.in(namespace);

  async function ask(
    identifier: string,
    charge: boolean,
    options: CheckOptions = {},
  ): Promise<RateLimitResult> {
    const { cost = 1, ...call } = options;
    const command = decide(keys.gcra(identifier, name), policy, checkCost(cost), charge);
    const decision = await driver.send(command, callOptions(call));
    return { ...decision, policy: name, limit: policy.limit, windowMs: policy.windowMs };
  }

  function callOptions(call: CallOptions): CallOptions | undefined {
    if (call.signal === undefined && call.deadlineMs === undefined && deadlineMs === undefined)
      return undefined;
    return { ...(deadlineMs !== undefined && { deadlineMs }), ...call };
  }

  return {
    name,
    policy,
    check: (identifier, options) =>
      trace(
        () => ({ policy: name, cost: options?.cost ?? 1 }),
        () => ask(identifier, true, options),
      ),
    peek: (identifier, options) => ask(identifier, false, options),
    reset: async (identifier, call = {}) =>
      driver.send(forget(keys.gcra(identifier, name)), callOptions(call)),
  };
}
