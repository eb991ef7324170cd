import { type Clock, type Duration, durationMs, isPenknifeError, type Timer } from '@penknife/core';
import { checkListener } from '../arguments.js';
import { tell } from '../tell.js';
import type { TrimReport } from './trim.js';
import type { TrimOptions } from './trim-options.js';

/** Options of a trimmer. */
export interface TrimmerOptions extends Omit<TrimOptions, 'signal'> {
  /** How often. Default `'10s'`. */
  readonly every?: Duration;
  /** Told of every trim that removed something or was held back. What it throws is reported and goes no further. */
  readonly onTrimmed?: (report: TrimReport) => void;
  /** Told of a trim that failed; the next one comes in its time. */
  readonly onError?: (error: unknown) => void;
}

/** A trimmer that runs. Several may, in any number of processes: each trim is exact by itself. */
export interface Trimmer {
  /** Trims no more; resolves when the trim under way is over. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Trims from time to time, never two trims at once. */
export function startTrimmer(
  clock: Clock,
  options: TrimmerOptions,
  trim: () => Promise<TrimReport>,
  ended: (trimmer: Trimmer) => void,
): Trimmer {
  checkListener('onTrimmed', options.onTrimmed);
  checkListener('onError', options.onError);
  const { every = '10s' } = options;
  const everyMs = durationMs(every, 'every', { minMs: 1 });
  let closed = false;
  let underWay: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;

  async function once(): Promise<void> {
    try {
      const report = await trim();
      if (report.removed > 0 || report.heldBackBy.length > 0) tell(options.onTrimmed, report);
    } catch (error) {
      // The driver is closed: nothing is ever trimmed again.
      if (isPenknifeError(error) && error.code === 'CLOSED') {
        closed = true;
        ended(trimmer);
        return;
      }
      tell(options.onError, error);
    }
    next();
  }

  function next(): void {
    if (closed) return;
    timer = clock.timer(everyMs, () => {
      underWay = once();
    });
  }

  const trimmer: Trimmer = {
    async close() {
      closed = true;
      timer?.cancel();
      await underWay;
      ended(trimmer);
    },
    [Symbol.asyncDispose]: () => trimmer.close(),
  };
  next();
  return trimmer;
}
