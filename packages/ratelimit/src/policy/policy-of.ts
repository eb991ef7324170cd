import type { Policy, ResolvedPolicy } from './policy.js';

/** What a policy comes down to, as it stands in results. */
export type PolicyShape = Pick<ResolvedPolicy, 'algorithm' | 'limit' | 'windowMs' | 'capacity'>;

/** A policy that resolves to this shape. */
export function policyOf({ algorithm, limit, windowMs, capacity }: PolicyShape): Exclude<Policy, string> {
  if (algorithm === 'concurrency') return { algorithm, limit, lease: windowMs };
  if (algorithm === 'gcra' || algorithm === 'leaky-bucket' || algorithm === 'token-bucket')
    return { algorithm, limit, window: windowMs, burst: capacity };
  return { algorithm, limit, window: windowMs };
}
