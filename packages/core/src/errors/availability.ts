import type { Sent } from './connection-error.js';
import { isPenknifeError, type PenknifeError } from './penknife-error.js';
import { isServerError } from './server-error.js';

/** Answers of a server that cannot serve now, and another time may. */
const busyCodes: ReadonlySet<string> = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'UNBLOCKED',
]);

/** True for what is expected when servers fail: no connection, no answer in time, a server that is loading or full. */
export function isUnavailable(error: unknown): error is PenknifeError {
  if (!isPenknifeError(error)) return false;
  if (isServerError(error)) return busyCodes.has(error.code);
  return error.code === 'CONNECTION' || error.code === 'DEADLINE';
}

/** Whether the command of a failed call can have run. */
export function sentOf(error: unknown): Sent {
  const sent: unknown = isPenknifeError(error) ? Reflect.get(error, 'sent') : undefined;
  return sent === 'no' || (sent === undefined && isServerError(error)) ? 'no' : 'maybe';
}
