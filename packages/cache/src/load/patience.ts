import { AbortedError, type Clock, type ClosedError, type Timer } from '@penknife/core';
import { LoadTimeoutError } from '../errors.js';

/** How long one caller waits, and for what it settles. */
export interface PatienceOptions<T> {
  readonly clock: Clock;
  readonly softTimeoutMs: number | undefined;
  readonly hardTimeoutMs: number;
  /** How much of it is over already. */
  readonly spentMs: number;
  readonly signal: AbortSignal | undefined;
  /** What is stale and may serve instead. */
  instead(): { readonly value: T } | undefined;
  /** It served: for counting. */
  settledForLess(): void;
}

/** Ends every waiting when the cache closes. */
export type Leaving = Set<(error: ClosedError) => void>;

/**
 * Waits for `work` as long as the caller's patience lasts. `stillWaiting` tells the work whether anybody does. When the
 * patience ends the work goes on; its outcome is then nobody's.
 */
export function withPatience<T>(
  options: PatienceOptions<T>,
  leaving: Leaving,
  work: (stillWaiting: () => boolean) => Promise<T>,
): Promise<T> {
  const { clock, softTimeoutMs, hardTimeoutMs, spentMs, signal, instead, settledForLess } = options;
  if (signal?.aborted) return Promise.reject(new AbortedError(signal.reason, 'no'));
  return new Promise((resolve, reject) => {
    let waiting = true;
    const timers: Timer[] = [];
    const end = (act: () => void): void => {
      if (!waiting) return;
      waiting = false;
      for (const timer of timers) timer.cancel();
      signal?.removeEventListener('abort', onAbort);
      leaving.delete(onClose);
      act();
    };
    const onAbort = (): void => end(() => reject(new AbortedError(signal?.reason, 'maybe')));
    const onClose = (error: ClosedError): void => end(() => reject(error));
    const settle = (): boolean => {
      const less = instead();
      if (less === undefined) return false;
      end(() => {
        settledForLess();
        resolve(less.value);
      });
      return true;
    };
    leaving.add(onClose);
    signal?.addEventListener('abort', onAbort, { once: true });
    timers.push(
      clock.timer(Math.max(0, hardTimeoutMs - spentMs), () => {
        if (!settle()) end(() => reject(new LoadTimeoutError(hardTimeoutMs)));
      }),
    );
    if (softTimeoutMs !== undefined) timers.push(clock.timer(softTimeoutMs, () => void settle()));
    work(() => waiting).then(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    );
  });
}
