import type { Clock } from '../contract/clock.js';
import type { CallOptions } from '../contract/sender.js';
import { AbortedError } from '../errors/aborted-error.js';
import type { Sent } from '../errors/connection-error.js';
import { DeadlineError } from '../errors/deadline-error.js';

/**
 * Waits for what goes on whether this caller waits or not, no longer than the call may take: then it rejects with
 * `DeadlineError`, or with `AbortedError` and `sent`. `givenUp` hears of that once, and says what to reject with instead. Neither
 * a timer nor a listener is left behind, and a rejection that comes later is nobody's.
 */
export function waitWithin<T>(
  clock: Pick<Clock, 'timer'>,
  pending: Promise<T>,
  { signal, deadlineMs }: CallOptions,
  sent: Sent,
  givenUp: (error: AbortedError | DeadlineError) => unknown = (error) => error,
): Promise<T> {
  if (signal === undefined && deadlineMs === undefined) return pending;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const giveUp = (error: AbortedError | DeadlineError): void => end(() => reject(givenUp(error)));
    const onAbort = (): void => giveUp(new AbortedError(signal?.reason, sent));
    const timer =
      deadlineMs === undefined
        ? undefined
        : clock.timer(deadlineMs, () => giveUp(new DeadlineError(deadlineMs)));
    signal?.addEventListener('abort', onAbort, { once: true });
    pending.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
    if (signal?.aborted) onAbort();
  });
}
