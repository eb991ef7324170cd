import {
  AbortedError,
  checkCall,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  isUnavailable,
  reportListenerError,
} from '@penknife/core';
import type { LimiterDriver } from '../limiter.js';
import type { WaitOptions } from '../options.js';
import type { Policy } from '../policy/policy.js';
import { createRateLimiter } from '../rate-limiter.js';
import type { RateLimitResult } from '../result.js';
import { type UpstreamResponse, upstreamBackoffMs } from './upstream-limits.js';

/** How calls to others are paced. */
export interface PacerOptions {
  /** What the upstream allows all processes together. Not `concurrency` or `sliding-window-counter`. */
  readonly policy: Policy;
  /** Names the pacer in keys. Default `'pacer'`. */
  readonly name?: string;
  readonly namespace?: string;
  readonly deadlineMs?: number;
  /** How far ahead calls may be booked, and the longest a call waits by default. Default 1 min, at most 1 h. */
  readonly longestWait?: Duration;
  /** A refusal is believed no longer than this, whatever the upstream says. Default 1 h. */
  readonly longestBackoff?: Duration;
  /** How long everybody stays away after a refusal that does not say how long. Default 1 s. */
  readonly unknownBackoff?: Duration;
}

/** Paces calls to others, for all processes together. */
export interface Pacer {
  /**
   * Resolves when it is this call's turn: within the policy, in the order of asking, and not while the upstream is to be left
   * alone. Denied (as a value) when that is further away than `maxWaitMs`.
   */
  turn(upstream: string, options?: WaitOptions): Promise<RateLimitResult>;
  /**
   * Learns from a response: a refusal (429, 503), or a quota with nothing left, keeps all processes away for as long as it
   * says. Resolves to the ms it asks for, 0 when nothing was learnt.
   */
  observe(upstream: string, response: UpstreamResponse): Promise<number>;
  /**
   * A turn, the call, and what is learnt from its response. `response` is null when there was no turn in time. Once the call was
   * made its response is what you get: what cannot be written down, for want of the server, is learnt by nobody.
   */
  run<R extends UpstreamResponse>(
    upstream: string,
    call: (signal: AbortSignal | undefined) => Promise<R>,
    options?: WaitOptions,
  ): Promise<{ readonly response: R | null; readonly result: RateLimitResult }>;
}

/**
 * Makes a pacer for outbound calls. A refusal that arrives while calls are booked makes them wait for its end and book again.
 *
 * ```ts
 * const pacer = createPacer(driver, { name: 'mail', policy: '10/s burst 1' });
 * const { response } = await pacer.run('api.mail.example', () => fetch(url));
 * ```
 */
export function createPacer(driver: LimiterDriver, options: PacerOptions): Pacer {
  checkObject('options', options);
  const { name = 'pacer', longestWait = 60_000, policy, namespace, deadlineMs } = options;
  const longestMs = durationMs(options.longestBackoff ?? 3_600_000, 'longestBackoff', { minMs: 1 });
  const unknownMs = durationMs(options.unknownBackoff ?? 1000, 'unknownBackoff', { minMs: 1 });
  const limiter = createRateLimiter(driver, {
    policy,
    name,
    longestWait,
    penalty: {},
    ...(namespace !== undefined && { namespace }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  const { clock } = driver;
  const patienceMs = durationMs(longestWait, 'longestWait');

  async function turn(upstream: string, call: WaitOptions = {}): Promise<RateLimitResult> {
    checkCall(call);
    const until = clock.monotonic() + (call.maxWaitMs ?? patienceMs);
    for (;;) {
      const leftMs = Math.max(0, Math.floor(until - clock.monotonic()));
      const result = await limiter.wait(upstream, { ...call, maxWaitMs: Math.min(leftMs, patienceMs) });
      // A refusal may have come while this call slept.
      const now = result.delayMs > 0 ? await limiter.peek(upstream, call) : result;
      if (now.reason !== 'blocked') return result;
      const backoffMs = now.retryAfterMs;
      if (backoffMs === null || clock.monotonic() + backoffMs > until) return now;
      await clock.sleep(backoffMs, call.signal).catch((reason: unknown) => {
        throw new AbortedError(reason, 'no');
      });
    }
  }

  async function observe(upstream: string, response: UpstreamResponse): Promise<number> {
    checkResponse(response);
    const wanted = upstreamBackoffMs(response, clock.now()) ?? unknownMs;
    const backoffMs = Math.min(longestMs, Math.ceil(wanted));
    if (backoffMs <= 0) return 0;
    await limiter.block(upstream, backoffMs, { keepLonger: true });
    return backoffMs;
  }

  return {
    turn,
    observe,
    async run(upstream, call, options = {}) {
      if (typeof call !== 'function') throw new InvalidArgumentError('call', 'must be a function', call);
      const result = await turn(upstream, options);
      if (!result.allowed) return { response: null, result };
      const response = await call(options.signal);
      checkResponse(response);
      await observe(upstream, response).catch((error: unknown) => {
        if (!isUnavailable(error)) reportListenerError(error);
      });
      return { response, result };
    },
  };
}

function checkResponse(response: UpstreamResponse): void {
  if (typeof response?.headers?.get !== 'function')
    throw new InvalidArgumentError('response', 'must have a status and headers', response);
}
