import {
  type CallOptions,
  checkName,
  checkObject,
  defaultNamespace,
  InvalidArgumentError,
} from '@penknife/core';
import { type LimitCall, type LimitWords, limitWords } from '../commands.js';
import { type LimitOptions, resolveLimit } from '../options.js';
import type { Policy } from '../policy/policy.js';
import { checkCost, resolvePolicy } from '../policy/resolve-policy.js';

/** How several limits are made. */
export interface RateLimitsOptions<Limit extends string> {
  /** The limits by name, at most 16: a policy, or a policy with options. */
  readonly limits: Readonly<Record<Limit, Policy | LimitOptions>>;
  /** Names all of them together. Default `'default'`; a limit's own name in keys and headers is `<name>.<limit>`. */
  readonly name?: string;
  readonly namespace?: string;
  readonly deadlineMs?: number;
}

/** What a call may say. */
export interface CallLimits<Limit extends string> extends CallOptions {
  /** Units this call weighs: for all limits, or for each. Default 1. */
  readonly cost?: number | Readonly<Partial<Record<Limit, number>>>;
  /** Other policies for this call, each of its limit's algorithm. */
  readonly policies?: Readonly<Partial<Record<Limit, Policy>>>;
}

/** One of the limits. */
export interface NamedLimit extends LimitWords {
  readonly key: string;
  readonly name: string;
  readonly options: LimitOptions;
}

/** Options with everything decided. */
export interface ResolvedRateLimits {
  readonly name: string;
  readonly namespace: string;
  readonly deadlineMs: number | undefined;
  readonly limits: readonly NamedLimit[];
}

const mostLimits = 16;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveRateLimits<Limit extends string>(
  options: RateLimitsOptions<Limit>,
): ResolvedRateLimits {
  checkObject('options', options);
  const { name = 'default', namespace = defaultNamespace, deadlineMs } = options;
  checkName('name', name);
  const entries = Object.entries<Policy | LimitOptions>(options.limits ?? {});
  if (entries.length === 0 || entries.length > mostLimits)
    throw new InvalidArgumentError('limits', `must be 1 to ${mostLimits}`, entries);
  const limits = entries.map(([key, given]): NamedLimit => {
    const own = `${name}.${key}`;
    checkName('limits', own);
    const limitOptions: LimitOptions =
      typeof given === 'object' && given !== null && 'policy' in given ? given : { policy: given };
    const limit = resolveLimit(limitOptions, resolvePolicy(limitOptions.policy), 0, false);
    return { ...limitWords(limit), key, name: own, options: limitOptions };
  });
  return { name, namespace, deadlineMs, limits };
}

/** The identifier of one limit. */
export function identifierOf(given: string | Readonly<Record<string, string>>, key: string): string {
  if (typeof given === 'string') return given;
  if (typeof given !== 'object' || given === null)
    throw new InvalidArgumentError('identifiers', 'must be an identifier, or one for each limit', given);
  return given[key] as string;
}

/** What a call weighs under one limit. */
export function costOf({ cost = 1 }: CallLimits<string>, key: string): number {
  return checkCost(typeof cost === 'object' && cost !== null ? (cost[key] ?? 1) : cost);
}

/** The limits of one call, with what it says. */
export function limitCalls(
  { limits }: ResolvedRateLimits,
  identifiers: string | Readonly<Record<string, string>>,
  call: CallLimits<string>,
): readonly LimitCall[] {
  checkObject('options', call);
  const { policies = {} } = call;
  if (typeof policies !== 'object' || policies === null)
    throw new InvalidArgumentError('policies', 'must be an object', policies);
  return limits.map((own) => {
    const { key, name, options } = own;
    const other = policies[key];
    const { limit, words, plain } = other === undefined ? own : underPolicy(other, own.limit, options);
    return {
      limit,
      words,
      plain,
      name,
      identifier: identifierOf(identifiers, key),
      cost: costOf(call, key),
    };
  });
}

function underPolicy(other: Policy, limit: LimitWords['limit'], options: LimitOptions): LimitWords {
  const policy = resolvePolicy(other);
  const { algorithm } = limit.policy;
  if (policy.algorithm !== algorithm)
    throw new InvalidArgumentError('policies', `must keep the algorithm ${algorithm}`, policy.algorithm);
  return limitWords(resolveLimit(options, policy, 0, false));
}
