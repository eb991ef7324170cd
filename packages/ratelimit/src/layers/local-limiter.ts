import { type Clock, checkName, InvalidArgumentError } from '@penknife/core';
import type { Limiter } from '../limiter.js';
import type { Policy, ResolvedPolicy } from '../policy/policy.js';
import { checkCost, resolvePolicy, whole } from '../policy/resolve-policy.js';
import type { RateLimitResult } from '../result.js';
import { decide } from '../rules/decide.js';
import { type AnyState, rules } from '../rules/rules.js';
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
export function createLocalLimiter(
  { clock }: { readonly clock: Clock },
  { policy, name = 'default', maxIdentifiers = 10_000 }: LocalLimiterOptions,
): Limiter {
  checkName('name', name);
  whole('maxIdentifiers', maxIdentifiers);
  const own = resolved(policy);
  const rule = rules[own.algorithm];
  const states = new Recent<{ readonly state: AnyState }>(maxIdentifiers);
  let leases = 0;
  const nowMicros = (): number => Math.floor(clock.monotonic() * 1000) + 1;

  function ask(
    identifier: string,
    charge: boolean,
    cost: number,
    other: Policy | undefined,
  ): RateLimitResult {
    if (typeof identifier !== 'string' || identifier === '')
      throw new InvalidArgumentError('identifier', 'must be a string that is not empty', identifier);
    const policy = other === undefined ? own : sameAlgorithm(other, own);
    leases += 1;
    const { decision, receipt, state } = decide(policy, states.get(identifier)?.state ?? rule.empty, {
      nowMicros: nowMicros(),
      cost: checkCost(cost),
      charge,
      token: String(leases),
    });
    if (charge && decision.allowed) states.set(identifier, { state });
    const { limit, windowMs } = policy;
    return { ...decision, policy: name, limit, windowMs, receipt, cost, source: 'local' };
  }

  return {
    name,
    policy: own,
    check: async (identifier, { cost = 1, policy } = {}) => ask(identifier, true, cost, policy),
    peek: async (identifier, { cost = 1, policy } = {}) => ask(identifier, false, cost, policy),
    async refund(identifier, { receipt, cost }, options = {}) {
      const held = states.get(identifier);
      if (receipt === null || held === undefined) return 0;
      const { parameters } = options.policy === undefined ? own : sameAlgorithm(options.policy, own);
      const meter = rule.read(held.state, nowMicros(), { parameters, horizonMicros: 0 });
      const { state, units } = meter.refund(receipt, Math.min(checkCost(options.cost ?? cost), cost));
      states.set(identifier, { state });
      return units;
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
