import { InvalidArgumentError } from '@penknife/core';

/** Checks what an adapter was given for a cache; throws `InvalidArgumentError`. */
export function checkCache(cache: unknown): void {
  if (typeof (cache as { getOrSet?: unknown } | null | undefined)?.getOrSet !== 'function')
    throw new InvalidArgumentError('cache', 'must be a cache, as createCache makes', cache);
}
