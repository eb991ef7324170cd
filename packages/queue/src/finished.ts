import { AbortedError, type Driver, reportListenerError } from '@penknife/core';
import type { JobInfo } from './job.js';
import type { Finish, FinishedOptions } from './queue.js';
import type { Waiters } from './waiters.js';

/** Who says when to look, and where. */
export interface FinishedParts<R> {
  readonly driver: Driver;
  readonly waiters: Waiters;
  look(id: string): Promise<JobInfo<unknown, R> | undefined>;
}

/** Waits for the end of a job: listens first, looks then, and again whenever something was heard. One look at a time. */
export function waitForEnd<R>(
  { driver, waiters, look }: FinishedParts<R>,
  id: string,
  { timeoutMs, signal, onProgress }: FinishedOptions,
): Promise<Finish<R>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
    let over = false;
    let looking = false;
    let heardMeanwhile = false;
    let reported = '';

    const end = (settle: () => void): void => {
      if (over) return;
      over = true;
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
      leave();
      settle();
    };
    const fail = (error: unknown): void => end(() => reject(error));
    const onAbort = (): void => fail(new AbortedError(signal?.reason, 'maybe'));

    function heard(): void {
      heardMeanwhile = looking;
      if (looking || over) return;
      looking = true;
      look(id).then(seen, fail);
    }

    function seen(job: JobInfo<unknown, R> | undefined): void {
      looking = false;
      const finish = endOf(job);
      if (finish !== undefined) end(() => resolve(finish));
      else report(job?.progress);
      if (heardMeanwhile) heard();
    }

    function report(progress: unknown): void {
      const text = JSON.stringify(progress) ?? '';
      if (over || onProgress === undefined || text === reported) return;
      reported = text;
      try {
        onProgress(progress);
      } catch (error) {
        reportListenerError(error);
      }
    }

    const timer =
      timeoutMs === undefined
        ? undefined
        : driver.clock.timer(timeoutMs, () => end(() => resolve({ kind: 'timeout' })));
    signal?.addEventListener('abort', onAbort, { once: true });
    const leave = waiters.add(id, { heard, failed: fail });
  });
}

function endOf<R>(job: JobInfo<unknown, R> | undefined): Finish<R> | undefined {
  if (job === undefined) return { kind: 'gone' };
  if (job.state === 'done') return { kind: 'done', result: job.result as R };
  if (job.state === 'dead') return { kind: 'dead', lastError: job.lastError, failures: job.failures };
  return undefined;
}
