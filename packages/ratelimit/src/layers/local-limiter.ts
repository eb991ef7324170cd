import { type Clock, checkCall, checkName, checkObject, InvalidArgumentError } from '@penknife/core';
import { checkIdentifier } from '../keys.js';
import type { Limiter } from '../limiter.js';
import type { CheckOptions } from '../options.js';
import type { Policy, ResolvedPolicy } from '../policy/policy.js';
import { checkCost, resolvePolicy, whole } from '../policy/resolve-policy.js';
import { checkResult, policyOfCharge, Refunds } from '../refunds.js';
import type { RateLimitResult } from '../result.js';
import { decide } from '../rules/decide.js';
import { type AnyState, rules } from '../rules/rules.js';
import { checkClock } from './check-limiter.js';
import { Recent } from './recent.js';

/** How a limiter of this process is made. */
export interface LocalLimiterOptions {
  readonly policy: Policy | ResolvedPolicy;
  readonly name?: string;
  /** Identifiers kept; those unused longest are forgotten first. Default 10 000. */
  readonly maxIdentifiers?: number;
}

/**
 * A limiter of this process alone, by the same rules and without a server: for what one process may do, and for the time
 * when no server can be asked. Bounded: an identifier that is forgotten starts anew.
 */
export function createLocalLimiter(driver: { readonly clock: Clock }, options: LocalLimiterOptions): Limiter {
  checkClock(driver);
  checkObject('options', options);
  const { clock } = driver;
  const { policy, name = 'default', maxIdentifiers = 10_000 } = options;
  checkName('name', name);
  whole('maxIdentifiers', maxIdentifiers);
  const own = resolved(policy);
  const rule = rules[own.algorithm];
  const states = new Recent<{ readonly state: AnyState }>(maxIdentifiers);
  const refunds = new Refunds();
  let leases = 0;
  const nowMicros = (): number => Math.floor(clock.monotonic() * 1000) + 1;

  function ask(identifier: string, charge: boolean, options: CheckOptions = {}): RateLimitResult {
    checkCall(options);
    const { cost = 1, policy: other } = options;
    checkIdentifier(identifier);
    const policy = other === undefined ? own : sameAlgorithm(other, own);
    leases += 1;
    const { decision, receipt, state } = decide(policy, states.get(identifier)?.state ?? rule.empty, {
      nowMicros: nowMicros(),
      cost: checkCost(cost),
      charge,
      token: String(leases),
    });
    if (charge && decision.allowed) states.set(identifier, { state });
    const { limit, windowMs, capacity } = policy;
    return { ...decision, policy: name, limit, windowMs, capacity, receipt, cost, source: 'local' };
  }

  return {
    name,
    policy: own,
    check: async (identifier, options) => ask(identifier, true, options),
    peek: async (identifier, options) => ask(identifier, false, options),
    async refund(identifier, result, options = {}) {
      checkResult(result, name);
      return refunds.giveBack(result, options, async (most) => {
        const { receipt } = result;
        const held = states.get(identifier);
        if (receipt === null || held === undefined) return 0;
        const { parameters } = policyOfCharge(result, own);
        const meter = rule.read(held.state, nowMicros(), { parameters, horizonMicros: 0 });
        const { state, units } = meter.refund(receipt, most);
        states.set(identifier, { state });
        return units;
      });
    },
    reset: async (identifier) => states.delete(identifier),
  };
}

function resolved(policy: Policy | ResolvedPolicy): ResolvedPolicy {
  return typeof policy === 'object' && 'parameters' in policy ? policy : resolvePolicy(policy);
}

function sameAlgorithm(other: Policy, { algorithm }: ResolvedPolicy): ResolvedPolicy {
  const policy = resolvePolicy(other);
  if (policy.algorithm === algorithm) return policy;
  throw new InvalidArgumentError('policy', `must keep the algorithm ${algorithm}`, policy.algorithm);
}
