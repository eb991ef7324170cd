import { AbortedError, type CallOptions, type Clock, DeadlineError } from '@penknife/core';

/** Waits for what others wait for, too, for no longer than this call may: it goes on for them. */
export function waitWithin(
  clock: Clock,
  pending: Promise<unknown>,
  { signal, deadlineMs }: CallOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = (): void => end(() => reject(new AbortedError(signal?.reason, 'maybe')));
    const timer =
      deadlineMs === undefined
        ? undefined
        : clock.timer(deadlineMs, () => end(() => reject(new DeadlineError(deadlineMs))));
    signal?.addEventListener('abort', onAbort, { once: true });
    pending.then(
      () => end(resolve),
      (error: unknown) => end(() => reject(error)),
    );
  });
}
