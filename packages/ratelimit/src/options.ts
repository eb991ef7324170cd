import {
  type CallOptions,
  checkName,
  checkObject,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import type { Policy, ResolvedPolicy } from './policy/policy.js';
import { resolvePolicy, whole } from './policy/resolve-policy.js';
import type { PenaltyLadder } from './rules/penalty.js';

/** Blocks for those who go on when denied. */
export interface PenaltyOptions {
  /** How long the first block is, the second, and so on; the last one repeats. Default: none, `block` only. At most 10. */
  readonly ladder?: readonly Duration[];
  /** Denied calls until a block. Default 10. */
  readonly after?: number;
  /** Quiet time until one step of the ladder, and the denials counted, are forgotten. Default 1 h. */
  readonly decay?: Duration;
}

/** What may be said of each limit. */
export interface LimitOptions {
  /** What to enforce: `'100/min burst 20'`, or the same as an object. */
  readonly policy: Policy;
  /** A denied call takes what is left. Default false: denied costs nothing. */
  readonly chargeDenied?: boolean;
  /** Turns on `block`, and blocks after repeated denials. Default: neither. */
  readonly penalty?: PenaltyOptions;
}

/** How a limiter is made. */
export interface RateLimiterOptions extends LimitOptions {
  /** Names the limiter in keys, headers and traces. Default `'default'`. Limiters of one name share their state: make them with the same options. */
  readonly name?: string;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long a decision may take, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
  /** Turns on `wait`: how far ahead calls may be booked, at most 1 h. Not for `concurrency` and `sliding-window-counter`. */
  readonly longestWait?: Duration;
  /** Turns on `reserve`: how long a reservation that nobody settles keeps its units, at most 1 h. Not for `concurrency`. */
  readonly reservations?: Duration;
}

/** What a call may say. */
export interface CheckOptions extends CallOptions {
  /** Units this call weighs: a whole number of at least 1. Default 1. */
  readonly cost?: number;
  /**
   * Another policy of the limiter's algorithm for this call: plans live in the application. One that recovers faster forgets
   * what was used beyond its own recovery, also by a `peek`: what differs by route takes a limiter with a name of its own. See
   * `changePolicy`.
   */
  readonly policy?: Policy;
}

/** What waiting may say. `signal` gives the place up; `deadlineMs` bounds the asking, not the waiting. */
export interface WaitOptions extends CheckOptions {
  /** How long at most, in ms. Default: the limiter's `longestWait`. */
  readonly maxWaitMs?: number;
}

/** A limit with everything decided. */
export interface ResolvedLimit {
  readonly policy: ResolvedPolicy;
  readonly horizonMicros: number;
  readonly chargeDenied: boolean;
  readonly penalty: PenaltyLadder | null;
  readonly reserves: boolean;
}

/** Options with everything decided. */
export interface ResolvedOptions {
  readonly limit: ResolvedLimit;
  readonly name: string;
  readonly namespace: string;
  readonly deadlineMs: number | undefined;
  readonly longestWaitMs: number;
  readonly reservationMs: number;
}

const hourMs = 3_600_000;
/** Twice this, in ns, is still exact. */
const longestOwedMs = 50 * 24 * hourMs;
const longestBlockMs = 100 * 24 * hourMs;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions(options: RateLimiterOptions): ResolvedOptions {
  checkObject('options', options);
  const { name = 'default', namespace = defaultNamespace, deadlineMs } = options;
  checkName('name', name);
  const policy = resolvePolicy(options.policy);
  const longestWaitMs = durationMs(options.longestWait ?? 0, 'longestWait', { maxMs: hourMs });
  const reservationMs = durationMs(options.reservations ?? 0, 'reservations', { maxMs: hourMs });
  const { algorithm } = policy;
  if (longestWaitMs > 0 && (algorithm === 'concurrency' || algorithm === 'sliding-window-counter'))
    throw new InvalidArgumentError('longestWait', `must be left out with ${algorithm}`, options.longestWait);
  if (reservationMs > 0 && algorithm === 'concurrency')
    throw new InvalidArgumentError(
      'reservations',
      `must be left out with ${algorithm}`,
      options.reservations,
    );
  if (reservationMs > 0 && recoveryMs(policy) > longestOwedMs)
    throw new InvalidArgumentError(
      'reservations',
      'must be left out where recovery takes over 50 days',
      policy,
    );
  const limit = resolveLimit(options, policy, longestWaitMs, reservationMs > 0);
  return { limit, name, namespace, deadlineMs, longestWaitMs, reservationMs };
}

/** One limit; bookings reach `longestWaitMs` ahead, and what is owed to reservations one full recovery. */
export function resolveLimit(
  options: Omit<LimitOptions, 'policy'>,
  policy: ResolvedPolicy,
  longestWaitMs: number,
  reserves: boolean,
): ResolvedLimit {
  const { chargeDenied = false, penalty } = options;
  const owedMs = reserves ? recoveryMs(policy) : 0;
  return {
    policy,
    horizonMicros: Math.max(longestWaitMs, owedMs) * 1000,
    chargeDenied,
    penalty: penalty === undefined ? null : resolvePenalty(penalty),
    reserves,
  };
}

/** A block's length in ms. */
export function blockMs(duration: Duration): number {
  return durationMs(duration, 'duration', { maxMs: longestBlockMs });
}

function recoveryMs({ algorithm, windowMs, capacity, limit }: ResolvedPolicy): number {
  return algorithm === 'fixed-window' || algorithm.startsWith('sliding')
    ? windowMs
    : Math.ceil((windowMs * capacity) / limit);
}

function resolvePenalty({ ladder = [], after = 10, decay = hourMs }: PenaltyOptions): PenaltyLadder {
  if (ladder.length > 10)
    throw new InvalidArgumentError('penalty.ladder', 'must have at most 10 steps', ladder);
  whole('penalty.after', after);
  const micros = (value: Duration, argument: string): number =>
    durationMs(value, argument, { minMs: 1, maxMs: longestBlockMs }) * 1000;
  return {
    after,
    decayMicros: micros(decay, 'penalty.decay'),
    stepsMicros: ladder.map((step) => micros(step, 'penalty.ladder')),
  };
}
