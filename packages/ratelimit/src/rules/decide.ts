import type { ResolvedPolicy } from '../policy/policy.js';
import type { Decision } from '../result.js';
import type { RuleParameters } from './meter.js';
import { type AnyState, rules } from './rules.js';

/** One question to a rule. */
export interface Question {
  readonly nowMicros: number;
  readonly cost: number;
  /** Default true; false only looks. */
  readonly charge?: boolean;
  /** A denied call takes what is left. Default false. */
  readonly chargeDenied?: boolean;
  /** Book up to this far ahead. Undefined: do not wait. */
  readonly maxWaitMicros?: number;
  readonly horizonMicros?: number;
  /** Names the lease of a concurrency limit. */
  readonly token?: string;
}

/** A decision and what is stored after it. */
export interface Step {
  readonly decision: Decision;
  readonly receipt: string | null;
  readonly state: AnyState;
}

/** Decides by the policy's rule: what the script `check.lua` does, as a pure function. */
export function decide(policy: ResolvedPolicy, state: AnyState, question: Question): Step {
  const { nowMicros, cost, charge = true, chargeDenied = false, maxWaitMicros, token = '' } = question;
  const parameters: RuleParameters = {
    parameters: policy.parameters,
    horizonMicros: question.horizonMicros ?? 0,
  };
  const rule = rules[policy.algorithm];
  const meter = rule.read(state, nowMicros, parameters);
  const wait = meter.waitMicros(cost);
  const delay = policy.algorithm === 'leaky-bucket' ? Math.max(wait, meter.queuedMicros) : wait;
  const patience = maxWaitMicros ?? 0;
  const allowed = wait >= 0 && wait <= patience && (maxWaitMicros === undefined || delay <= patience);
  const taken = allowed ? cost : Math.min(cost, meter.remaining);
  let after = meter;
  let receipt: string | null = null;
  if (charge && (allowed || (chargeDenied && taken > 0))) {
    const charged = meter.charge(taken, allowed ? wait : 0, token);
    after = rule.read(charged.state, nowMicros, parameters);
    if (allowed) receipt = charged.receipt;
  }
  const retryMicros = allowed ? 0 : chargeDenied && charge ? after.waitMicros(cost) : wait;
  return {
    decision: {
      allowed,
      reason: allowed ? null : wait < 0 ? 'cost_exceeds_capacity' : 'limit',
      remaining: after.remaining,
      retryAfterMs: wait < 0 ? null : ceilMs(allowed || retryMicros > 0 ? retryMicros : delay - patience),
      resetMs: ceilMs(after.resetMicros),
      delayMs: allowed ? ceilMs(delay) : 0,
    },
    receipt,
    state: after.state,
  };
}

function ceilMs(micros: number): number {
  return Math.ceil(micros / 1000);
}
