import type { Clock } from '../contract/clock.js';
import { systemClock } from '../time/system-clock.js';

/**
 * Monotonic time for stamps that hundreds of calls want at once, in ms: real time is read once for all code that runs without a
 * break between it (the answers of one read of a socket, say), so it may be as old as that code is long. Any other clock is read
 * each time, for it may be moved at any moment.
 */
export function turnTime(clock: Clock): () => number {
  if (clock !== systemClock) return () => clock.monotonic();
  let known = -1;
  const forget = (): void => {
    known = -1;
  };
  return () => {
    if (known < 0) {
      known = clock.monotonic();
      queueMicrotask(forget);
    }
    return known;
  };
}
