import type { Clock } from '../contract/clock.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** The longest delay a platform timer takes; longer ones are chained. */
const longestTimerMs = 2 ** 31 - 1;

/** Real time. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(delayMs, listener) {
    refuseUnlessNumber(delayMs);
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      handle = setTimeout(
        () => (leftMs > longestTimerMs ? arm(leftMs - longestTimerMs) : listener()),
        Math.min(leftMs, longestTimerMs),
      );
      handle.unref();
    };
    arm(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
  sleep: (delayMs, signal) => sleepOn(systemClock, delayMs, signal),
};

/** `Clock.sleep` over `Clock.timer`, for every clock. */
export function sleepOn(clock: Pick<Clock, 'timer'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    refuseUnlessNumber(delayMs);
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.timer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A timer that is due at no time would never fire, or at once and for ever. */
export function refuseUnlessNumber(delayMs: number): void {
  if (typeof delayMs !== 'number' || Number.isNaN(delayMs))
    throw new InvalidArgumentError('delayMs', 'must be a number of milliseconds', delayMs);
}
