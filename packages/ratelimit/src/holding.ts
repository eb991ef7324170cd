import { type Clock, isUnavailable, reportListenerError, type Timer } from '@penknife/core';
import type { HoldOutcome, Limiter, RateLimiter } from './limiter.js';
import type { CheckOptions } from './options.js';
import type { RateLimitResult } from './result.js';

/** Extended this many times within a lease, so that two failures in a row lose nothing. */
const beatsPerLease = 3;

/** Runs work under a lease that is extended until it ends. */
export async function hold<T>(
  limiter: Limiter & Pick<RateLimiter, 'extend'>,
  clock: Clock,
  identifier: string,
  options: CheckOptions,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<HoldOutcome<T>> {
  const askedAt = clock.monotonic();
  const result = await limiter.check(identifier, options);
  if (!result.allowed) return { held: false, result };
  const lost = new AbortController();
  const beating = heartbeat(limiter, clock, identifier, result, askedAt, () =>
    lost.abort(new Error(`the lease of ${limiter.name} is lost`)),
  );
  const signal = options.signal === undefined ? lost.signal : AbortSignal.any([lost.signal, options.signal]);
  try {
    return { held: true, value: await run(signal), result };
  } finally {
    beating.stop();
    // Whoever is left without an answer leaves the lease to its end; the work's own outcome matters more.
    await limiter.refund(identifier, result).catch((error: unknown) => {
      if (!isUnavailable(error)) reportListenerError(error);
    });
  }
}

/** Extends a lease until stopped; calls `lost` once it has ended, or may have. */
function heartbeat(
  limiter: Limiter & Pick<RateLimiter, 'extend'>,
  clock: Clock,
  identifier: string,
  result: RateLimitResult,
  askedAt: number,
  lost: () => void,
): { stop(): void } {
  const leaseMs = result.windowMs;
  let stopped = false;
  let safeUntil = askedAt + leaseMs;
  let beat: Timer;
  let end: Timer;
  const stop = (): void => {
    stopped = true;
    beat.cancel();
    end.cancel();
  };
  const over = (): void => {
    stop();
    lost();
  };
  function arm(): void {
    beat = clock.timer(leaseMs / beatsPerLease, () => void extend());
    end = clock.timer(safeUntil - clock.monotonic(), over);
  }
  async function extend(): Promise<void> {
    const sentAt = clock.monotonic();
    let live = true;
    try {
      live = await limiter.extend(identifier, result, { deadlineMs: leaseMs / beatsPerLease });
      if (live) safeUntil = sentAt + leaseMs;
    } catch {
      // Asked again at the next beat; when none comes through, the timer at the lease's end says so.
    }
    if (stopped) return;
    if (!live) return over();
    end.cancel();
    arm();
  }
  arm();
  return { stop };
}
