import { isServerError } from '@penknife/core';
import { LockKeyError } from '../errors.js';

/** The error to show for a call on a lock's key: foreign data there gets a name of its own. */
export function keyErrorOr(error: unknown, key: string): unknown {
  return isServerError(error, 'FOREIGN') || isServerError(error, 'WRONGTYPE')
    ? new LockKeyError(key, error)
    : error;
}
