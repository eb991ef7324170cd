import { channel } from 'node:diagnostics_channel';

const errors = channel('penknife:listener.error');

/**
 * Publishes what a listener threw on the diagnostics channel `penknife:listener.error`. A listener's failure must never reach
 * its neighbours or end the process, and must never vanish either.
 */
export function reportListenerError(error: unknown): void {
  errors.publish({ error });
}

/** Runs what a listener does, and reports what it throws or rejects with. Gives its promise where there is one; that never rejects. */
export function runListener(act: () => unknown): Promise<void> | undefined {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    reportListenerError(error);
    return undefined;
  }
  if (result === undefined) return undefined;
  return Promise.resolve(result).then(() => undefined, reportListenerError);
}
