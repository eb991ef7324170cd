import {
  type Clock,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  isUnavailable,
  reportListenerError,
} from '@penknife/core';
import type { Policy, ResolvedPolicy } from '../policy/policy.js';
import { type PolicyShape, policyOf } from '../policy/policy-of.js';
import { resolvePolicy, whole } from '../policy/resolve-policy.js';
import type { RateLimitResult } from '../result.js';
import { Breaker, type Health } from './breaker.js';
import { checkClock } from './check-limiter.js';

/** What happens when the server cannot be asked. */
export interface GuardOptions {
  /** `open`: let pass. `closed`: refuse with `reason: 'unavailable'`. `local`: this instance's share of the limit. */
  readonly fallback: 'open' | 'closed' | 'local';
  /** How long a decision may take, in ms. Default 50. */
  readonly deadlineMs?: number;
  /** Calls without an answer, one after another, until none is sent any more. Default 5. */
  readonly failures?: number;
  /** How long until one call is sent to see whether the server is back. Default 1 s. */
  readonly probeEvery?: Duration;
  /** How many instances share the limit while each is on its own (`local`). Default 1. */
  readonly instances?: number;
  /** Identifiers the local limiter keeps. Default 10 000. */
  readonly maxIdentifiers?: number;
  /** Told when health changes. What it throws is reported on `penknife:listener.error`. */
  readonly onHealth?: (health: Health) => void;
}

/** A server that is asked in time or not at all. */
export interface WatchedServer {
  readonly health: Health;
  readonly fallback: GuardOptions['fallback'];
  /** What the local limiter of a limit is made with: this instance's share. */
  localOptions(
    policy: ResolvedPolicy,
    name: string,
  ): { readonly policy: ResolvedPolicy; readonly name: string; readonly maxIdentifiers?: number };
  /** This instance's share of a policy of a call. */
  shareOf(policy: Policy): Policy;
  /**
   * Asks the server when it may be asked; undefined when there is no answer. An answer that the server did not give, but a
   * layer below out of memory, says nothing of the server.
   */
  ask<T>(run: () => Promise<T>, byServer: (answer: T) => boolean): Promise<T | undefined>;
  /** The options of a call, with no longer a deadline than the guard's. */
  within<T extends { readonly deadlineMs?: number }>(call: T): T & { readonly deadlineMs: number };
  /** What `open` or `closed` says of a limit. */
  unasked(policy: ResolvedPolicy, name: string, cost: number): RateLimitResult;
}

/** Puts a deadline and a breaker before a server. Only one that cannot be asked counts as a failure: a denial is an answer. */
export function watchServer(driver: { readonly clock: Clock }, options: GuardOptions): WatchedServer {
  checkClock(driver);
  checkObject('options', options);
  const { clock } = driver;
  const { fallback, deadlineMs = 50, failures = 5, instances = 1, onHealth, maxIdentifiers } = options;
  if (fallback !== 'open' && fallback !== 'closed' && fallback !== 'local')
    throw new InvalidArgumentError('fallback', "must be 'open', 'closed' or 'local'", fallback);
  whole('deadlineMs', deadlineMs);
  whole('failures', failures);
  whole('instances', instances);
  const probeEveryMs = durationMs(options.probeEvery ?? 1000, 'probeEvery', { minMs: 1 });
  const breaker = new Breaker(clock, failures, probeEveryMs, (health) => {
    try {
      onHealth?.(health);
    } catch (error) {
      reportListenerError(error);
    }
  });

  return {
    get health() {
      return breaker.health;
    },
    fallback,
    localOptions: (policy, name) => ({
      policy: instances === 1 ? policy : resolvePolicy(partOf(policy, instances)),
      name,
      ...(maxIdentifiers !== undefined && { maxIdentifiers }),
    }),
    shareOf: (policy) => partOf(resolvePolicy(policy), instances),
    async ask(run, byServer) {
      if (!breaker.admits()) return undefined;
      try {
        const answer = await run();
        if (byServer(answer)) breaker.succeeded();
        else breaker.notAsked();
        return answer;
      } catch (error) {
        if (!isUnavailable(error)) {
          breaker.notAsked();
          throw error;
        }
        breaker.failed();
        return undefined;
      }
    },
    within: (call) => ({ ...call, deadlineMs: Math.min(call.deadlineMs ?? deadlineMs, deadlineMs) }),
    unasked(policy, name, cost) {
      const open = fallback === 'open';
      return {
        allowed: open,
        reason: open ? null : 'unavailable',
        remaining: open ? policy.capacity : 0,
        retryAfterMs: open ? 0 : breaker.untilProbeMs(),
        resetMs: open ? 0 : breaker.untilProbeMs(),
        delayMs: 0,
        policy: name,
        limit: policy.limit,
        windowMs: policy.windowMs,
        capacity: policy.capacity,
        receipt: null,
        cost,
        source: fallback,
      };
    },
  };
}

/** What one of several instances may let pass: never less than one unit. */
function partOf({ algorithm, limit, windowMs, capacity }: PolicyShape, instances: number): Policy {
  const part = (units: number): number => Math.max(1, Math.floor(units / instances));
  return policyOf({ algorithm, limit: part(limit), windowMs, capacity: part(capacity) });
}
