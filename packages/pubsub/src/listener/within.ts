import { AbortedError, type CallOptions, type Clock, ConnectionError } from '@penknife/core';

/**
 * The promise's outcome, unless the caller's signal or deadline comes first; then `undo` runs. What the promise does after
 * that is nobody's concern but `undo`'s.
 */
export function within<R>(
  clock: Pick<Clock, 'timer'>,
  { signal, deadlineMs }: CallOptions,
  promise: Promise<R>,
  undo: () => void,
): Promise<R> {
  if (signal === undefined && deadlineMs === undefined) return promise;
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    const giveUp = (error: unknown): void => {
      settle();
      undo();
      reject(error);
    };
    const onAbort = (): void => giveUp(new AbortedError(signal?.reason, 'maybe'));
    const timer =
      deadlineMs === undefined
        ? undefined
        : clock.timer(deadlineMs, () =>
            giveUp(new ConnectionError(`not subscribed within ${deadlineMs} ms`, { sent: 'maybe' })),
          );
    signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
  });
}
