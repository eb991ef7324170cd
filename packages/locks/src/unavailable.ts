import { isPenknifeError, isServerError, type PenknifeError, type Sent } from '@penknife/core';
import { LockKeyError } from './errors.js';

/** Answers of a server that cannot serve now: the request did not run, and another time it may. */
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

/** True for what is expected when servers fail: the connection, the deadline, a server that is loading or full. */
export function isUnavailable(error: unknown): error is PenknifeError {
  if (!isPenknifeError(error)) return false;
  if (isServerError(error)) return busyCodes.has(error.code);
  return error.code === 'CONNECTION' || error.code === 'DEADLINE';
}

/** Whether the request of a failed call can have run. */
export function sentOf(error: unknown): Sent {
  if (isServerError(error)) return 'no';
  const sent: unknown = isPenknifeError(error) ? Reflect.get(error, 'sent') : undefined;
  return sent === 'no' ? 'no' : 'maybe';
}

/** The error to show for a call on a lock's key: foreign data there gets a name of its own. */
export function keyErrorOr(error: unknown, key: string): unknown {
  return isServerError(error, 'FOREIGN') || isServerError(error, 'WRONGTYPE')
    ? new LockKeyError(key, error)
    : error;
}
