import { InvalidArgumentError } from '@penknife/core';
import { checkCost, type Policy, resolvePolicy } from './policy.js';
import type { Decision } from './result.js';
import { decideGcra, type GcraState } from './rules/gcra.js';

/** One arrival of a trace. */
export interface Arrival {
  /** Ms on any scale that does not go back. */
  readonly atMs: number;
  readonly cost?: number;
}

/** What a policy would decide for a trace of arrivals of one identifier: the same rule as on the server, without one. */
export function simulate(policy: Policy, trace: readonly Arrival[]): readonly Decision[] {
  const resolved = resolvePolicy(policy);
  let state: GcraState = 0n;
  let lastMs = Number.NEGATIVE_INFINITY;
  return trace.map(({ atMs, cost = 1 }) => {
    if (!Number.isFinite(atMs) || atMs < 0 || atMs < lastMs) {
      throw new InvalidArgumentError(
        'atMs',
        'must be a finite number of at least 0 that does not go back',
        atMs,
      );
    }
    lastMs = atMs;
    const step = decideGcra(resolved, state, atMs, checkCost(cost));
    state = step.state;
    return step.decision;
  });
}
