import type { Clock, Timer } from '@penknife/core';

/** A timer that is armed later than this after its delay was worked out would fire too late by as much, in ms. */
const longestPauseMs = 1;

/**
 * A timer for a point in monotonic time, at once when that is past. A process that is not given the processor, or collects
 * garbage, between reading the clock and arming its timer would fire it later by that long: then it is armed anew.
 */
export function armAt(clock: Clock, dueMs: number, listener: () => void): Timer {
  for (;;) {
    const readMs = clock.monotonic();
    const timer = clock.timer(Math.max(0, dueMs - readMs), listener);
    if (readMs >= dueMs || clock.monotonic() - readMs <= longestPauseMs) return timer;
    timer.cancel();
  }
}
