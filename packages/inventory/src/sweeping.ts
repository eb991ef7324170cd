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

/** What became of a sweep: when the next is to be, 0: at once, undefined: as usual. */
export type NextSweep = number | undefined;

/** The lease, in intervals: whoever has it may be late, and be missed once. */
const leaseIntervals = 3;

/**
 * Sweeps again and again, as long as it has the lease; another looks when that ends. A sweep that fails is reported on
 * `penknife:listener.error` and tried again at the next time; one that found its batch full is followed by another at once.
 * Ends by itself when the driver is closed.
 */
export function startSweeping(
  { clock, random }: { readonly clock: Clock; readonly random: RandomSource },
  sweep: (token: string, leaseMs: number, call: { readonly signal: AbortSignal }) => Promise<NextSweep>,
  options: SweepOptions = {},
): Sweeping {
  checkObject('options', options);
  const { every = '1s' } = options;
  const everyMs = durationMs(every, 'every', { minMs: 10 });
  const stopping = new AbortController();
  const { signal } = stopping;

  async function run(): Promise<void> {
    const token = Buffer.from(random.bytes(12)).toString('base64url');
    while (!signal.aborted) {
      let nextMs: NextSweep;
      try {
        nextMs = await sweep(token, Math.ceil(everyMs * leaseIntervals), { signal });
      } catch (error) {
        if (signal.aborted || (isPenknifeError(error) && error.code === 'CLOSED')) return;
        reportListenerError(error);
      }
      if (nextMs === 0) continue;
      const inMs = (nextMs ?? 0.75 * everyMs) + 0.5 * everyMs * random.fraction();
      await clock.sleep(Math.round(inMs), signal).catch(() => undefined);
    }
  }

  const ended = run();
  const close = (): Promise<void> => {
    stopping.abort();
    return ended;
  };
  return { close, [Symbol.asyncDispose]: close };
}
