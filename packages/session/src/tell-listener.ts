import { InvalidArgumentError, reportListenerError } from '@penknife/core';

/** Tells a listener. What it throws, or rejects with although nothing waits for it, is reported and harms nobody. */
export function tellListener<Event>(listener: ((event: Event) => unknown) | undefined, event: Event): void {
  try {
    Promise.resolve(listener?.(event)).catch(reportListenerError);
  } catch (error) {
    reportListenerError(error);
  }
}

/** Refuses what cannot be told anything. */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'function')
    throw new InvalidArgumentError('listener', 'must be a function', typeof listener);
}
