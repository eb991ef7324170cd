import { checkObject, InvalidArgumentError } from '@penknife/core';
import type { Policy } from './policy/policy.js';
import { checkCost, resolvePolicy } from './policy/resolve-policy.js';
import type { Decision } from './result.js';
import { decide } from './rules/decide.js';
import { rules } from './rules/rules.js';

/** One arrival of a trace. */
export interface Arrival {
  /** Ms on any scale that does not go back. */
  readonly atMs: number;
  readonly cost?: number;
}

/** How the trace is decided. */
export interface SimulateOptions {
  /** A denied call takes what is left. Default false. */
  readonly chargeDenied?: boolean;
}

/**
 * What a policy would decide for a trace of arrivals of one identifier: the same rules as on the server, without one. Under
 * `concurrency` each lease lasts its full length.
 */
export function simulate(
  policy: Policy,
  trace: readonly Arrival[],
  options: SimulateOptions = {},
): readonly Decision[] {
  checkObject('options', options);
  const { chargeDenied = false } = options;
  if (!Array.isArray(trace)) throw new InvalidArgumentError('trace', 'must be a list of arrivals', trace);
  const resolved = resolvePolicy(policy);
  let state = rules[resolved.algorithm].empty;
  let lastMs = Number.NEGATIVE_INFINITY;
  return trace.map((arrival: Arrival, i) => {
    checkObject('arrival', arrival);
    const { atMs, cost = 1 } = arrival;
    if (!Number.isFinite(atMs) || atMs < 0 || atMs < lastMs) {
      throw new InvalidArgumentError(
        'atMs',
        'must be a finite number of at least 0 that does not go back',
        atMs,
      );
    }
    lastMs = atMs;
    const step = decide(resolved, state, {
      nowMicros: Math.floor(atMs * 1000),
      cost: checkCost(cost),
      chargeDenied,
      token: String(i),
    });
    state = step.state;
    return step.decision;
  });
}
