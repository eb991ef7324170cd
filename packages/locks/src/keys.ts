import { defineKeys, InvalidArgumentError, type Keys } from '@penknife/core';

/** Every key of this package. The resource is the hash tag. */
export const lockKeys: Keys<{
  readonly mutex: { readonly life: 'ephemeral'; readonly holds: string };
  readonly semaphore: { readonly life: 'ephemeral'; readonly holds: string };
  readonly limit: { readonly life: 'durable'; readonly holds: string; readonly bound: string };
  readonly rw: { readonly life: 'ephemeral'; readonly holds: string };
  readonly fence: { readonly life: 'ephemeral'; readonly holds: string };
}> = defineKeys({
  pattern: 'lock',
  version: 1,
  kinds: {
    mutex: {
      life: 'ephemeral',
      holds:
        'holder, end of the lease, last fence and queue of one mutex; gone a minute after the lease, or the last waiter, ended',
    },
    semaphore: {
      life: 'ephemeral',
      holds:
        'holders, ends of their leases, last fence and queue of one semaphore; gone a minute after the last lease, or the last waiter, ended',
    },
    limit: {
      life: 'durable',
      holds: 'the permits of a semaphore that was resized',
      bound: 'one for each semaphore that was resized; gone with resize(undefined)',
    },
    rw: {
      life: 'ephemeral',
      holds: 'the same as a semaphore, for one read-write lock',
    },
    fence: {
      life: 'ephemeral',
      holds:
        'the newest fence that wrote a guarded key; gone when no guarded write came for as long as it is to be remembered',
    },
  },
});

/** The one channel on which a process is told that a lock was handed to it. The scripts build the same name. */
export function wakeChannel(namespace: string, processId: string): string {
  return `${namespace}:${lockKeys.pattern}${lockKeys.version}:wake:${processId}`;
}

/** The key that remembers the newest fence of a guarded key: in the slot of that key, whatever its name is. */
export function guardKey(namespace: string, key: string): string {
  lockKeys.in(namespace);
  const prefix = `${namespace}:${lockKeys.pattern}${lockKeys.version}:fence:`;
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  if (close > open + 1) return `${prefix}{${key.slice(open + 1, close)}}:${key}`;
  // Without a tag the whole key decides the slot: as a tag it must not end before its end.
  if (key.includes('}')) {
    throw new InvalidArgumentError('key', 'must hold a hash tag `{…}` that is not empty, or no `}`', key);
  }
  return `${prefix}{${key}}`;
}
