import { type CallOptions, type Command, ConnectionError, type Driver, durationMs } from '@penknife/core';
import { shownError } from './errors.js';

/** What is left of the time for one act, all its commands together. */
export interface Budget {
  readonly signal?: AbortSignal;
  /** On the driver's monotonic clock. */
  readonly untilMs: number;
}

/** Starts the time of an act: the caller's deadline, or else this one. */
export function startBudget({ clock }: Driver, ownMs: number, call: CallOptions = {}): Budget {
  const { signal, deadlineMs = ownMs } = call;
  durationMs(deadlineMs, 'deadlineMs', { minMs: 1 });
  return { untilMs: clock.monotonic() + deadlineMs, ...(signal && { signal }) };
}

/** Sends one command within what is left; outages get their name. */
export async function sendWithin<T>(
  driver: Driver,
  command: Command<T>,
  { untilMs, signal }: Budget,
): Promise<T> {
  try {
    const deadlineMs = Math.ceil(untilMs - driver.clock.monotonic());
    if (deadlineMs <= 0) throw new ConnectionError('no time was left', { sent: 'no' });
    return await driver.send(command, { deadlineMs, ...(signal && { signal }) });
  } catch (error) {
    throw shownError(error);
  }
}
