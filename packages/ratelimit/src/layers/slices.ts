import {
  AbortedError,
  type Clock,
  checkCall,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  isUnavailable,
  reportListenerError,
  waitWithin,
} from '@penknife/core';
import type { Limiter } from '../limiter.js';
import type { CheckOptions } from '../options.js';
import { checkCost, whole } from '../policy/resolve-policy.js';
import { checkResult, Refunds } from '../refunds.js';
import type { RateLimitResult } from '../result.js';
import { askedServerFor } from './answered-by.js';
import { checkClock, checkLimiter } from './check-limiter.js';
import { Recent } from './recent.js';

/** How units are leased. */
export interface SliceOptions {
  /** Units taken from the server at once; at most a quarter of the policy's capacity. */
  readonly units: number;
  /** How long they may be used before what is left goes back. Default: a tenth of the window, at most 10 s. */
  readonly lasts?: Duration;
  /** Identifiers with a slice at the same time. Default 1000. */
  readonly maxIdentifiers?: number;
}

/** A limiter that holds slices. `close` gives them back, also those on their way; calls after it are asked one by one. */
export interface SlicedLimiter extends Limiter {
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Slice {
  readonly result: RateLimitResult;
  readonly endsAt: number;
  left: number;
}

/**
 * For hot identifiers: takes units from the server a slice at a time and serves calls from it, so that the server is asked
 * once for many. In any span a fleet admits at most what the policy does and one slice for each process, since a slice may be
 * charged before the span and used in it. What is left of an ended slice goes back at the identifier's next call or at `close`.
 * Not around a limiter with `penalty` or `chargeDenied`: a slice that is asked for in vain counts there as a denial.
 */
export function sliceLimiter(
  driver: { readonly clock: Clock },
  limiter: Limiter,
  options: SliceOptions,
): SlicedLimiter {
  checkClock(driver);
  checkLimiter(limiter);
  checkObject('options', options);
  const { clock } = driver;
  const { units, maxIdentifiers = 1000 } = options;
  const { capacity, windowMs, algorithm } = limiter.policy;
  whole('units', units);
  whole('maxIdentifiers', maxIdentifiers);
  if (units > capacity / 4)
    throw new InvalidArgumentError('units', `must be at most a quarter of ${capacity}`, units);
  if (algorithm === 'concurrency' || algorithm === 'leaky-bucket')
    throw new InvalidArgumentError('limiter', `must not be a ${algorithm} limit`, limiter.name);
  const lastsMs = durationMs(options.lasts ?? Math.ceil(Math.min(windowMs / 10, 10_000)), 'lasts', {
    minMs: 1,
  });
  const returning = new Set<Promise<void>>();
  /** Where a result came from: into another slice nothing is given back. */
  const servedFrom = new WeakMap<RateLimitResult, Slice>();
  const refunds = new Refunds();
  const slices = new Recent<Slice>(maxIdentifiers, giveBack);
  const fetching = new Map<string, Promise<RateLimitResult>>();
  let closed = false;

  function giveBack(identifier: string, { result, left }: Slice): void {
    if (left === 0) return;
    const sent = limiter.refund(identifier, result, { cost: left }).then(
      () => undefined,
      (error: unknown) => {
        // What cannot be given back recovers by itself.
        if (!isUnavailable(error)) reportListenerError(error);
      },
    );
    returning.add(sent);
    void sent.then(() => returning.delete(sent));
  }

  function serve(slice: Slice, cost: number): RateLimitResult {
    slice.left -= cost;
    const { result, left } = slice;
    const remaining = result.remaining + left;
    const served = { ...result, cost, receipt: null, remaining, source: 'slice' } as const;
    servedFrom.set(served, slice);
    return served;
  }

  async function fetchSlice(identifier: string): Promise<RateLimitResult> {
    const askedAt = clock.monotonic();
    const result = await limiter.check(identifier, { cost: units });
    if (result.allowed && result.source === 'server')
      slices.set(identifier, { result, endsAt: askedAt + lastsMs, left: units });
    return result;
  }

  async function check(identifier: string, cost: number, call: CheckOptions): Promise<RateLimitResult> {
    if (call.signal?.aborted) throw new AbortedError(call.signal.reason, 'no');
    const askedAt = clock.monotonic();
    const slice = slices.get(identifier);
    if (slice !== undefined && clock.monotonic() < slice.endsAt) {
      if (slice.left >= cost) return serve(slice, cost);
    } else if (slice !== undefined) {
      slices.delete(identifier);
      giveBack(identifier, slice);
    }
    let pending = fetching.get(identifier);
    if (pending === undefined) {
      const kept = slices.get(identifier);
      if (kept !== undefined) giveBack(identifier, kept);
      slices.delete(identifier);
      pending = fetchSlice(identifier).finally(() => fetching.delete(identifier));
      fetching.set(identifier, pending);
    }
    await waitWithin(clock, pending, call, 'maybe');
    const fresh = slices.get(identifier);
    if (fresh !== undefined && fresh.left >= cost) return askedServerFor(serve(fresh, cost));
    // No slice to be had, or others used it up: the server decides about this call alone.
    const { deadlineMs } = call;
    const left = deadlineMs !== undefined && {
      deadlineMs: Math.max(1, deadlineMs - (clock.monotonic() - askedAt)),
    };
    return limiter.check(identifier, { ...call, ...left, cost });
  }

  const close = async (): Promise<void> => {
    closed = true;
    // What is on its way was charged: it is used by who waits for it, and the rest goes back.
    await Promise.allSettled(fetching.values());
    for (const [identifier, slice] of slices.entries()) {
      slices.delete(identifier);
      giveBack(identifier, slice);
    }
    await Promise.all(returning);
  };
  return {
    name: limiter.name,
    policy: limiter.policy,
    async check(identifier, call = {}) {
      checkCall(call);
      const cost = checkCost(call.cost ?? 1);
      const direct = cost > units / 2 || call.policy !== undefined || closed;
      return direct ? limiter.check(identifier, call) : check(identifier, cost, call);
    },
    peek: (identifier, call) => limiter.peek(identifier, call),
    async refund(identifier, result, call = {}) {
      checkResult(result, limiter.name);
      if (result.source !== 'slice') return limiter.refund(identifier, result, call);
      const slice = servedFrom.get(result);
      if (slice === undefined || slice !== slices.get(identifier)) return 0;
      return refunds.giveBack(result, call, async (back) => {
        slice.left += back;
        return back;
      });
    },
    async reset(identifier, call) {
      slices.delete(identifier);
      return limiter.reset(identifier, call);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
