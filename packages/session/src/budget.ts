import {
  type CallOptions,
  type Command,
  ConnectionError,
  checkCall,
  type Driver,
  durationMs,
} from '@penknife/core';
import { shownError } from './errors.js';

/** What is left of the time for one act, all its commands together. */
export interface Budget {
  readonly signal?: AbortSignal;
  /** On the driver's monotonic clock. */
  readonly untilMs: number;
}

/** Starts the time of an act: the caller's deadline, or else this one. */
export function startBudget({ clock }: Driver, ownMs: number, call: CallOptions = {}): Budget {
  checkCall(call);
  const { signal, deadlineMs = ownMs } = call;
  durationMs(deadlineMs, 'deadlineMs', { minMs: 1 });
  return { untilMs: clock.monotonic() + deadlineMs, ...(signal && { signal }) };
}

/** Sends one command within what is left; outages get their name. */
export async function sendWithin<T>(driver: Driver, command: Command<T>, budget: Budget): Promise<T> {
  const { signal } = budget;
  try {
    const deadlineMs = leftOf(driver, budget);
    if (deadlineMs === 0) throw new ConnectionError('no time was left', { sent: 'no' });
    return await driver.send(command, { deadlineMs, ...(signal && { signal }) });
  } catch (error) {
    throw shownError(error);
  }
}

/** How long is left, in ms; 0 when nothing is. */
export function leftOf({ clock }: Driver, { untilMs }: Budget): number {
  return Math.max(0, Math.ceil(untilMs - clock.monotonic()));
}

/** For so long beyond the deadline of an act what it asked may be on its way to the server, in ms. */
const graceMs = 1000;

/** For how long what is sent now may be asked for again, in ms. */
export function repeatMs(driver: Driver, budget: Budget): number {
  return leftOf(driver, budget) + graceMs;
}
