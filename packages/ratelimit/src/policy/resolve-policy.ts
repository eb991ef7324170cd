import { durationMs, InvalidArgumentError } from '@penknife/core';
import { parsePolicy } from './parse-policy.js';
import type { Algorithm, Policy, ResolvedPolicy } from './policy.js';

const longestRecoveryMs = 100 * 86_400_000;
/** What one identifier may cost: the log keeps an entry for every charge, a concurrency limit one for every unit. */
const largestLimits: Partial<Record<Algorithm, number>> = { 'sliding-window-log': 5000, concurrency: 1000 };
const largestLimit = 1_000_000_000;
const algorithms: readonly Algorithm[] = [
  'gcra',
  'leaky-bucket',
  'token-bucket',
  'fixed-window',
  'sliding-window-counter',
  'sliding-window-log',
  'concurrency',
];
const withBurst: readonly Algorithm[] = ['gcra', 'leaky-bucket', 'token-bucket'];

/** Reads and checks a policy; throws `InvalidArgumentError` naming the part and the rule. */
export function resolvePolicy(policy: Policy): ResolvedPolicy {
  if (typeof policy !== 'string' && (typeof policy !== 'object' || policy === null))
    throw new InvalidArgumentError('policy', 'must be a text such as 100/min, or an object', policy);
  const given = typeof policy === 'string' ? parsePolicy(policy) : policy;
  const { algorithm = 'gcra', limit } = given;
  if (!algorithms.includes(algorithm))
    throw new InvalidArgumentError('algorithm', `must be one of ${algorithms.join(', ')}`, algorithm);
  whole('limit', limit, largestLimits[algorithm]);
  if (given.algorithm === 'concurrency') {
    const leaseMs = durationMs(given.lease ?? 30_000, 'lease', { minMs: 50, maxMs: 86_400_000 });
    return {
      algorithm,
      limit,
      windowMs: leaseMs,
      capacity: limit,
      parameters: [limit, leaseMs * 1000, 0],
    };
  }
  const windowMs = durationMs(given.window, 'window', { minMs: 1 });
  const burst = 'burst' in given && given.burst !== undefined ? given.burst : limit;
  if (burst !== limit && !withBurst.includes(algorithm))
    throw new InvalidArgumentError('burst', `must be left out with ${algorithm}`, burst);
  whole('burst', burst);
  refuseLongRecovery(algorithm, limit, burst, windowMs, given.window);
  const base = { algorithm, limit, windowMs, capacity: burst };
  if (algorithm === 'gcra' || algorithm === 'leaky-bucket') {
    // Rounded up: a limiter may admit a nanosecond later, never earlier.
    const intervalNs = Math.ceil((windowMs * 1e6) / limit);
    return { ...base, parameters: [intervalNs, intervalNs * burst, 0] };
  }
  const micros = windowMs * 1000;
  if (algorithm === 'token-bucket') return { ...base, parameters: [limit, micros, burst] };
  return { ...base, parameters: [limit, micros, 0] };
}

/** Checks a cost: a whole number of at least 1. */
export function checkCost(cost: number): number {
  whole('cost', cost);
  return cost;
}

/** Refuses what is not a whole number from 1 to `largest`. */
export function whole(argument: string, value: number, largest: number = largestLimit): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > largest) {
    throw new InvalidArgumentError(argument, `must be a whole number from 1 to ${largest}`, value);
  }
}

function refuseLongRecovery(
  algorithm: Algorithm,
  limit: number,
  burst: number,
  windowMs: number,
  window: unknown,
): void {
  const recoveryMs = withBurst.includes(algorithm) ? Math.ceil((windowMs * burst) / limit) : windowMs;
  if (recoveryMs <= longestRecoveryMs) return;
  throw new InvalidArgumentError(
    'window',
    `must be so short that ${burst} units recover within 100 days`,
    window,
  );
}
