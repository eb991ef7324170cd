import {
  type Clock,
  checkObject,
  InvalidArgumentError,
  isUnavailable,
  reportListenerError,
  systemClock,
} from '@penknife/core';
import { heartbeat } from '../heartbeat.js';
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
  /** The policy of this request, when it is another than the limiter's. Not for several limits. */
  readonly policy?: (request: Request) => Policy | undefined;
  /** Requests that are not limited. Default: none. */
  readonly skip?: (request: Request) => boolean | Promise<boolean>;
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
      ? await askSeveral(limiter, clock, identifiers, units)
      : await askOne(limiter, clock, identifiers, units, policy?.(request));
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

const nothing = (): void => undefined;

async function askOne(
  limiter: Limiter,
  clock: Clock,
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
  const beats = limiter.extend !== undefined && result.receipt !== null && result.source === 'server';
  const beating = beats
    ? heartbeat(clock, {
        leaseMs: result.windowMs,
        askedAt,
        extend: async (call) => limiter.extend?.(identifier, result, call) ?? false,
        lost: nothing,
      })
    : undefined;
  const release = once(() => {
    beating?.stop();
    return limiter.refund(identifier, result);
  });
  return { limited, leases, release, delayMs: result.delayMs };
}

async function askSeveral(
  limits: RateLimits<string>,
  clock: Clock,
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
  const beating = heartbeat(clock, {
    leaseMs: Math.min(...held.map(({ result }) => result.windowMs)),
    askedAt,
    extend: (call) => limits.extend(identifiers, answer, call),
    lost: nothing,
  });
  const release = once(() => {
    beating.stop();
    return limits.release(identifiers, answer);
  });
  return { limited, leases, release, delayMs };
}

/** Runs an act at most once. The request is over by then: what fails ends by itself, and is reported when it is a bug. */
function once(run: () => Promise<unknown>): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run().catch((error: unknown) => {
      if (!isUnavailable(error)) reportListenerError(error);
    });
  };
}

function isSeveral(limiter: Limiter | RateLimits<string>): limiter is RateLimits<string> {
  return 'algorithms' in limiter;
}
