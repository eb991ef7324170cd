import type { Clock } from '@penknife/core';

/** One point in time on both clocks of a process. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Now, on both clocks: the monotonic one may stand still while the machine sleeps, the wall clock may be set back. */
export function momentOf(clock: Clock): Moment {
  return { monotonicMs: clock.monotonic(), wallMs: clock.now() };
}

/**
 * How much earlier than the server this process calls a lease over: 1 % of it and 2 ms, for clocks that run at different
 * rates and for what the server rounds. Source: the drift of the Redlock algorithm.
 */
export function driftMarginMs(ttlMs: number): number {
  return ttlMs * 0.01 + 2;
}

/** How long a lease of `ttlMs` is valid when its request began at `startedAt`, as seen at `now`; 0 or less: it is over. */
export function validityLeftMs(startedAt: Moment, ttlMs: number, now: Moment): number {
  const passedMs = Math.max(now.monotonicMs - startedAt.monotonicMs, now.wallMs - startedAt.wallMs);
  return ttlMs - driftMarginMs(ttlMs) - passedMs;
}
