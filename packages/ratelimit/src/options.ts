import { type CallOptions, defaultNamespace, InvalidArgumentError } from '@penknife/core';
import { type Policy, type ResolvedPolicy, resolvePolicy } from './policy.js';

/** How a limiter is made. */
export interface RateLimiterOptions {
  /** What to enforce: `'100/min burst 20'`, or the same as an object. */
  readonly policy: Policy;
  /** Names the limiter in keys, headers and traces. Default `'default'`. Limiters of one name share their state. */
  readonly name?: string;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long a decision may take, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
}

/** What a call may say. */
export interface CheckOptions extends CallOptions {
  /** Units this call weighs: a whole number of at least 1. Default 1. */
  readonly cost?: number;
}

/** Options with everything decided. */
export interface ResolvedOptions {
  readonly policy: ResolvedPolicy;
  readonly name: string;
  readonly namespace: string;
  readonly deadlineMs: number | undefined;
}

const nameRule = /^[A-Za-z0-9_.-]{1,64}$/;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions(options: RateLimiterOptions): ResolvedOptions {
  const { name = 'default', namespace = defaultNamespace, deadlineMs } = options;
  if (!nameRule.test(name)) {
    throw new InvalidArgumentError('name', 'must be 1 to 64 letters, digits, `_`, `.` or `-`', name);
  }
  return { policy: resolvePolicy(options.policy), name, namespace, deadlineMs };
}
