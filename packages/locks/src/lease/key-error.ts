import { isServerError } from '@penknife/core';
import { LockKeyError } from '../errors.js';

/** Where a lock is kept. */
export interface KeptAt {
  readonly key: string;
  /** Of a semaphore: where its limit is, when one was set. */
  readonly limitKey?: string | undefined;
}

/** The error to show for a call on a lock's keys: foreign data there gets a name of its own. */
export function keyErrorOr(error: unknown, { key, limitKey = key }: KeptAt): unknown {
  if (isServerError(error, 'FOREIGNLIMIT')) return new LockKeyError(limitKey, error);
  return isServerError(error, 'FOREIGN') || isServerError(error, 'WRONGTYPE')
    ? new LockKeyError(key, error)
    : error;
}
