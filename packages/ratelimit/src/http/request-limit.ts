import {
  type Clock,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  systemClock,
} from '@penknife/core';
import type { Limiter } from '../limiter.js';
import type { Policy } from '../policy/policy.js';
import type { RateLimitResult } from '../result.js';
import type { RateLimits } from '../several/rate-limits.js';
import { type AddressOptions, clientAddress } from './client-address.js';
import {
  type HeaderField,
  type HeaderOptions,
  headerFields,
  type LimitedIdentifier,
} from './header-fields.js';
import { type Refusal, refusal } from './problem.js';
import { keepLease } from './request-lease.js';

/** How requests are limited, whatever the framework. */
export interface RequestLimitOptions<Request> extends AddressOptions, HeaderOptions {
  /** One limiter, bare or with layers around it, or several limits that are decided together. */
  readonly limiter: Limiter | RateLimits<string>;
  /**
   * Whom a request counts for; one identifier for each of several limits, where they differ. Default: the client's address.
   */
  readonly key?: (
    request: Request,
    address: string | null,
  ) => string | Readonly<Record<string, string>> | Promise<string | Readonly<Record<string, string>>>;
  /** What a request weighs. Default 1. */
  readonly cost?: (request: Request) => number;
  /**
   * The policy of this request, when it is another than the limiter's: by whom it counts for, such as a plan. A route with a
   * limit of its own takes a limiter with a name of its own, since a policy that recovers faster forgets what was used beyond
   * its own recovery. Not for several limits.
   */
  readonly policy?: (request: Request) => Policy | undefined;
  /** Requests that are not limited. Default: none. */
  readonly skip?: (request: Request) => boolean | Promise<boolean>;
  /**
   * How long a request keeps its place under a concurrency limit: after that its lease is extended no more, ends within one
   * lease, and others are let in beside it, which the diagnostics channel `penknife:ratelimit.lost` tells. Default: until the
   * request is over, however long that takes; under `./hono` and `./web` that is when the handler has answered, before the body
   * streams.
   */
  readonly longestHold?: Duration;
  /** For the delays of a leaky bucket and for dates. Default: real time. */
  readonly clock?: Clock;
}

/** What is read of a request. */
export interface RequestFacts {
  readonly remoteAddress: string | undefined;
  readonly forwardedFor: string | undefined;
}

/** What becomes of a request. */
export interface RequestDecision {
  /** The fields of the answer, whatever it is. */
  readonly headers: readonly HeaderField[];
  /** Null when the request goes on. */
  readonly refusal: Refusal | null;
  readonly results: readonly RateLimitResult[];
  /** Whether there is something to release. */
  readonly leases: boolean;
  /** To be called when the request is over: a lease of a concurrency limit is extended until then. Never throws. */
  release(): void;
}

/** Decides about one request; null when it is skipped. Waits as long as a leaky bucket says. */
export type RequestLimit<Request> = (
  request: Request,
  facts: RequestFacts,
) => Promise<RequestDecision | null>;

/** Makes what all adapters share. Rejects with the driver's errors when nobody can be asked: put `guardLimiter` around. */
export function requestLimit<Request>(options: RequestLimitOptions<Request>): RequestLimit<Request> {
  checkObject('options', options);
  const { limiter, key, cost, policy, skip, clock = systemClock } = options;
  if (typeof limiter?.check !== 'function')
    throw new InvalidArgumentError('limiter', 'must be a limiter, or several limits', limiter);
  if (policy !== undefined && isSeveral(limiter))
    throw new InvalidArgumentError('policy', 'must be left out with several limits', policy);
  const longestMs = longestHoldMs(options);
  const leasing = { clock, longestMs };
  const addressOf = clientAddress(options);
  const fieldsOf = headerFields(options);

  return async (request, { remoteAddress, forwardedFor }) => {
    if (skip !== undefined && (await skip(request))) return null;
    const address = addressOf(remoteAddress, forwardedFor);
    const identifiers = key === undefined ? address : await key(request, address);
    if (identifiers === null)
      throw new InvalidArgumentError('key', 'must be given where the client has no address', remoteAddress);
    const units = cost?.(request) ?? 1;
    const { limited, release, delayMs, leases } = isSeveral(limiter)
      ? await askSeveral(limiter, leasing, identifiers, units)
      : await askOne(limiter, leasing, identifiers, units, policy?.(request));
    try {
      const denied = limited.filter(({ result }) => !result.allowed);
      const headers = fieldsOf(limited, clock.now());
      const results = limited.map(({ result }) => result);
      if (denied.length > 0) {
        const refused = refusal(denied);
        return { headers: [...headers, ...refused.headers], refusal: refused, results, leases, release };
      }
      if (delayMs > 0) await clock.sleep(delayMs);
      return { headers, refusal: null, results, leases, release };
    } catch (error) {
      release();
      throw error;
    }
  };
}

interface Asked {
  readonly limited: readonly LimitedIdentifier[];
  readonly delayMs: number;
  readonly leases: boolean;
  release(): void;
}

/** How leases of requests are kept. */
interface Leasing {
  readonly clock: Clock;
  readonly longestMs: number | undefined;
}

const nothing = (): void => undefined;

async function askOne(
  limiter: Limiter,
  { clock, longestMs }: Leasing,
  identifier: string | Readonly<Record<string, string>>,
  cost: number,
  policy: Policy | undefined,
): Promise<Asked> {
  if (typeof identifier !== 'string')
    throw new InvalidArgumentError('key', 'must give one identifier for one limiter', identifier);
  const askedAt = clock.monotonic();
  const result = await limiter.check(identifier, { cost, ...(policy !== undefined && { policy }) });
  const concurrent = limiter.policy.algorithm === 'concurrency';
  const limited = [{ identifier, result, concurrent }];
  const leases = concurrent && result.allowed;
  if (!leases) return { limited, leases, release: nothing, delayMs: result.delayMs };
  // Without a receipt nothing is held; what this process counts on its own ends with its lease.
  const extendable = result.receipt !== null && result.source === 'server';
  const release = keepLease(clock, {
    policy: limiter.name,
    leaseMs: result.windowMs,
    askedAt,
    longestMs,
    extend: extendable ? limiter.extend?.bind(limiter, identifier, result) : undefined,
    giveBack: () => limiter.refund(identifier, result),
  });
  return { limited, leases, release, delayMs: result.delayMs };
}

async function askSeveral(
  limits: RateLimits<string>,
  { clock, longestMs }: Leasing,
  identifiers: string | Readonly<Record<string, string>>,
  cost: number,
): Promise<Asked> {
  const askedAt = clock.monotonic();
  const answer = await limits.check(identifiers, { cost });
  const limited = Object.entries(answer.results).map(([limit, result]) => ({
    identifier: typeof identifiers === 'string' ? identifiers : (identifiers[limit] ?? ''),
    result,
    concurrent: limits.algorithms[limit] === 'concurrency',
  }));
  const binding = answer.binding === null ? undefined : answer.results[answer.binding];
  // The one that binds first; then the one with least left.
  limited.sort((a, b) =>
    a.result === binding ? -1 : b.result === binding ? 1 : a.result.remaining - b.result.remaining,
  );
  const leases = answer.allowed && limited.some(({ concurrent }) => concurrent);
  const delayMs = Math.max(...limited.map(({ result }) => result.delayMs));
  if (!leases) return { limited, leases, release: nothing, delayMs };
  const held = limited.filter(({ concurrent }) => concurrent);
  const extendable = held.every(({ result }) => result.receipt !== null && result.source === 'server');
  const release = keepLease(clock, {
    policy: limits.name,
    leaseMs: Math.min(...held.map(({ result }) => result.windowMs)),
    askedAt,
    longestMs,
    extend: extendable ? (call) => limits.extend(identifiers, answer, call) : undefined,
    giveBack: () => limits.release(identifiers, answer),
  });
  return { limited, leases, release, delayMs };
}

function isSeveral(limiter: Limiter | RateLimits<string>): limiter is RateLimits<string> {
  return 'algorithms' in limiter;
}

function longestHoldMs({
  limiter,
  longestHold,
}: Pick<RequestLimitOptions<never>, 'limiter' | 'longestHold'>): number | undefined {
  if (longestHold === undefined) return undefined;
  const algorithms = isSeveral(limiter) ? Object.values(limiter.algorithms) : [limiter.policy.algorithm];
  if (!algorithms.includes('concurrency'))
    throw new InvalidArgumentError(
      'longestHold',
      'must be left out without a concurrency limit',
      longestHold,
    );
  return durationMs(longestHold, 'longestHold', { minMs: 1 });
}
