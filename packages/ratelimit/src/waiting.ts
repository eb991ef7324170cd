import { AbortedError, type Clock, durationMs, isUnavailable, reportListenerError } from '@penknife/core';
import type { Limiter } from './limiter.js';
import type { CheckOptions, WaitOptions } from './options.js';
import type { RateLimitResult } from './result.js';

/** Books a place and sleeps until its time; gives it back when the signal comes first. */
export async function waitForTurn(
  limiter: Pick<Limiter, 'refund'>,
  clock: Clock,
  identifier: string,
  { signal, maxWaitMs, ...call }: WaitOptions,
  longestWaitMs: number,
  book: (patienceMs: number, call: CheckOptions) => Promise<RateLimitResult>,
): Promise<RateLimitResult> {
  const patienceMs = durationMs(maxWaitMs ?? longestWaitMs, 'maxWaitMs', { maxMs: longestWaitMs });
  if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
  // The signal is not handed on: a booking whose answer nobody read could not be given back.
  const result = await book(patienceMs, call);
  if (!result.allowed || result.delayMs === 0) return result;
  try {
    await clock.sleep(result.delayMs, signal);
  } catch (reason) {
    // A place that cannot be given back passes unused: whoever gave up is told what it did, not that.
    await limiter.refund(identifier, result).catch((error: unknown) => {
      if (!isUnavailable(error)) reportListenerError(error);
    });
    throw new AbortedError(reason, 'maybe');
  }
  return result;
}
