import { isUnavailable, reportListenerError } from '@penknife/core';

/** A page is rendered whatever becomes of the cache: what could not be read or stored is missed. Only a server away is no news. */
export function missed(error: unknown): undefined {
  if (!isUnavailable(error)) reportListenerError(error);
}
