import { type Duration, durationMs, InvalidArgumentError } from '@penknife/core';

/**
 * A rate as GCRA keeps it: `limit` units per `window`, spread evenly, with at most `burst` units at once.
 * In any span of time the admitted cost is at most `burst + limit * span / window`.
 */
export interface GcraPolicy {
  readonly algorithm?: 'gcra';
  /** Units per window: a whole number of at least 1. */
  readonly limit: number;
  readonly window: Duration;
  /** Units that may pass at once when nothing was used for a while. Default: `limit`. */
  readonly burst?: number;
}

/** A policy as text: `'100/min'`, `'10/s burst 3'`, `'1000/15m'`. Units: ms, s, m or min, h, d. */
export type PolicyText = `${number}/${string}`;

/** What a limiter is told to enforce. */
export type Policy = GcraPolicy | PolicyText;

/** A policy with everything decided. */
export interface ResolvedPolicy {
  readonly algorithm: 'gcra';
  readonly limit: number;
  readonly windowMs: number;
  readonly burst: number;
  /** Nanoseconds one unit occupies, rounded up: a limiter may admit a nanosecond later, never earlier. */
  readonly intervalNs: number;
  /** Nanoseconds that may be booked ahead. */
  readonly capacityNs: number;
}

const text = /^(\d+)\/(\d*)(ms|s|sec|m|min|h|hour|d|day)(?: burst (\d+))?$/;
const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};
const longestBookingDays = 100;

/** Reads and checks a policy; throws `InvalidArgumentError` naming the part and the rule. */
export function resolvePolicy(policy: Policy): ResolvedPolicy {
  const {
    limit,
    window,
    burst = limit,
    algorithm = 'gcra',
  } = typeof policy === 'string' ? parse(policy) : policy;
  if (algorithm !== 'gcra') throw new InvalidArgumentError('algorithm', "must be 'gcra'", algorithm);
  whole('limit', limit);
  whole('burst', burst);
  const windowMs = durationMs(window, 'window', { minMs: 1 });
  const intervalNs = Math.ceil((windowMs * 1e6) / limit);
  const capacityNs = intervalNs * burst;
  if (capacityNs > longestBookingDays * 86_400_000 * 1e6) {
    throw new InvalidArgumentError(
      'window',
      `must be so short that ${burst} units recover within ${longestBookingDays} days`,
      window,
    );
  }
  return { algorithm, limit, windowMs, burst, intervalNs, capacityNs };
}

/** Checks a cost: a whole number of at least 1. */
export function checkCost(cost: number): number {
  whole('cost', cost);
  return cost;
}

function parse(policy: string): GcraPolicy {
  const match = text.exec(policy);
  if (match === null) {
    throw new InvalidArgumentError(
      'policy',
      "must read like '100/min', '10/s burst 3' or '1000/15m'",
      policy,
    );
  }
  const [, limit, count, unit, burst] = match;
  return {
    limit: Number(limit),
    window: Number(count || 1) * (milliseconds[unit ?? ''] ?? Number.NaN),
    ...(burst !== undefined && { burst: Number(burst) }),
  };
}

function whole(argument: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > 1e9) {
    throw new InvalidArgumentError(argument, 'must be a whole number from 1 to 1 000 000 000', value);
  }
}
