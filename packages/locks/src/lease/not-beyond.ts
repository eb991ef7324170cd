import type { Clock } from '@penknife/core';

/** Resolves with the promise, or at `untilMs` on the monotonic clock if that comes before. */
export async function notBeyond(untilMs: number, clock: Clock, act: Promise<unknown>): Promise<void> {
  if (untilMs === Number.POSITIVE_INFINITY) {
    await act;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const timer = clock.timer(Math.max(0, untilMs - clock.monotonic()), resolve);
    act.then(() => resolve(), reject).finally(() => timer.cancel());
  });
}
