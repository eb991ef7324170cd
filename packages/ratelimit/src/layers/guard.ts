import { type CallOptions, type Clock, checkCall } from '@penknife/core';
import type { Limiter } from '../limiter.js';
import type { CheckOptions } from '../options.js';
import { checkCost, resolvePolicy } from '../policy/resolve-policy.js';
import { checkResult } from '../refunds.js';
import type { RateLimitResult } from '../result.js';
import { answeredByServer } from './answered-by.js';
import type { Health } from './breaker.js';
import { checkClock, checkLimiter, extending } from './check-limiter.js';
import { createLocalLimiter } from './local-limiter.js';
import { type GuardOptions, watchServer } from './watched-server.js';

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
  const server = watchServer(driver, options);
  const { fallback, within } = server;
  const { clock } = driver;
  const local = createLocalLimiter({ clock }, server.localOptions(limiter.policy, limiter.name));

  async function instead(
    charge: boolean,
    identifier: string,
    options: CheckOptions,
  ): Promise<RateLimitResult> {
    const cost = checkCost(options.cost ?? 1);
    if (fallback === 'local') {
      // A policy of the call is the whole limit too: its share is taken as well.
      const { policy, ...rest } = options;
      const call = { ...rest, ...(policy !== undefined && { policy: server.shareOf(policy) }) };
      return charge ? local.check(identifier, call) : local.peek(identifier, call);
    }
    const policy = options.policy === undefined ? limiter.policy : resolvePolicy(options.policy);
    return server.unasked(policy, limiter.name, cost);
  }

  return {
    name: limiter.name,
    policy: limiter.policy,
    get health() {
      return server.health;
    },
    async check(identifier, options = {}) {
      checkCall(options);
      const answer = await server.ask(() => limiter.check(identifier, within(options)), answeredByServer);
      return answer ?? instead(true, identifier, options);
    },
    async peek(identifier, options = {}) {
      checkCall(options);
      const answer = await server.ask(() => limiter.peek(identifier, within(options)), answeredByServer);
      return answer ?? instead(false, identifier, options);
    },
    async refund(identifier, result, options = {}) {
      checkResult(result, limiter.name);
      checkCall(options);
      if (result.source === 'local') return local.refund(identifier, result, options);
      // Without a receipt nothing is sent: that says nothing of the server.
      if (result.receipt === null) return limiter.refund(identifier, result, within(options));
      // What cannot be given back recovers by itself. For what was given back before nobody is asked.
      const send = () => limiter.refund(identifier, result, within(options));
      return (await server.ask(send, (units) => units > 0)) ?? 0;
    },
    async reset(identifier, options = {}) {
      checkCall(options);
      const own = await local.reset(identifier);
      return (await limiter.reset(identifier, within(options))) || own;
    },
    ...extending(limiter, within),
  };
}
