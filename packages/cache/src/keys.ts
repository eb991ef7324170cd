import { defineKeys, type Keys, keyPart } from '@penknife/core';

/** Every key of this package. Entry and lease of one key share a slot; the record and the log of a cache share another. */
export const cacheKeys: Keys<{
  readonly entry: { readonly life: 'ephemeral'; readonly holds: string };
  readonly lease: { readonly life: 'ephemeral'; readonly holds: string };
  readonly record: { readonly life: 'durable'; readonly holds: string; readonly bound: string };
  readonly log: { readonly life: 'ephemeral'; readonly holds: string };
}> = defineKeys({
  pattern: 'ca',
  version: 1,
  kinds: {
    entry: {
      life: 'ephemeral',
      holds: 'one value with its header; gone when it may not even serve for errors',
    },
    lease: { life: 'ephemeral', holds: 'who loads the value and who waits for it, or a remembered failure' },
    record: {
      life: 'durable',
      holds: 'origin, position and floors of the invalidations of a cache, some 20 bytes',
      bound: 'one per cache',
    },
    log: {
      life: 'ephemeral',
      holds: 'the last invalidations of a cache; capped, gone an hour after the last',
    },
  },
});

/** Where the things of one key are. `id`: the key as it stands in Redis keys, the log and messages. */
export interface Place {
  readonly key: string;
  readonly id: string;
  readonly entry: string;
  readonly lease: string;
}

/** The keys and channels of one cache. */
export interface Places {
  readonly record: string;
  readonly log: string;
  /** Where invalidations are told. */
  readonly news: string;
  /** Where one process is told that a lease it waits for has ended. */
  wake(process: string): string;
  of(key: string): Place;
}

/** Builds the keys and channels of one cache; throws `InvalidArgumentError` for a namespace or key that breaks a rule. */
export function placesOf(namespace: string, name: string): Places {
  const keys = cacheKeys.in(namespace);
  return {
    record: keys.record(name),
    log: keys.log(name),
    news: `${namespace}:ca1:news:${keyPart(name, 'name')}`,
    wake: (process) => `${namespace}:ca1:wake:${process}`,
    of(key) {
      const id = keyPart(key, 'key');
      const tag = [name, key];
      return { key, id, entry: keys.entry(tag), lease: keys.lease(tag) };
    },
  };
}
