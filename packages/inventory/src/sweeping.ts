import {
  type Clock,
  checkObject,
  type Duration,
  durationMs,
  isPenknifeError,
  type RandomSource,
  reportListenerError,
} from '@penknife/core';

/** How often to sweep. */
export interface SweepOptions {
  /** Default `'1s'`. Between 0.75 and 1.25 of it passes, so that processes do not sweep all at once. */
  readonly every?: Duration;
}

/** A sweeper at work. */
export interface Sweeping {
  /** Stops; resolves when the sweep that is under way is done. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Sweeps again and again. A sweep that fails is reported on `penknife:listener.error` and tried again at the next time; one
 * that found its batch full is followed by another at once. Ends by itself when the driver is closed.
 */
export function startSweeping(
  { clock, random }: { readonly clock: Clock; readonly random: RandomSource },
  sweep: (call: { readonly signal: AbortSignal }) => Promise<number>,
  options: SweepOptions = {},
): Sweeping {
  checkObject('options', options);
  const { every = '1s' } = options;
  const everyMs = durationMs(every, 'every', { minMs: 10 });
  const stopping = new AbortController();
  const { signal } = stopping;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      let taken = 0;
      try {
        taken = await sweep({ signal });
      } catch (error) {
        if (signal.aborted || (isPenknifeError(error) && error.code === 'CLOSED')) return;
        reportListenerError(error);
      }
      if (taken === 0)
        await clock
          .sleep(Math.round(everyMs * (0.75 + 0.5 * random.fraction())), signal)
          .catch(() => undefined);
    }
  }

  const ended = run();
  const close = (): Promise<void> => {
    stopping.abort();
    return ended;
  };
  return { close, [Symbol.asyncDispose]: close };
}
