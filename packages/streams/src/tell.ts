import { reportListenerError } from '@penknife/core';

/**
 * Tells a listener. What it throws, or rejects with, is reported on `penknife:listener.error` and goes no further: it ends
 * neither the loop that tells nor the process.
 */
export function tell<T>(listener: ((value: T) => unknown) | undefined, value: T): void {
  try {
    const told = listener?.(value);
    if (typeof (told as PromiseLike<unknown> | undefined)?.then === 'function') {
      Promise.resolve(told).catch(reportListenerError);
    }
  } catch (error) {
    reportListenerError(error);
  }
}
