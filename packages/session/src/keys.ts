import { defineKeys, type Keys } from '@penknife/core';

/**
 * Every key of this package. The tag is random for a session without a user and a keyed hash of the user for one with, so a
 * user's sessions and the list of them share a slot. Neither ids nor user ids appear in a key.
 */
export const sessionKeys: Keys<{
  readonly s: { readonly life: 'ephemeral'; readonly holds: string };
  readonly u: { readonly life: 'ephemeral'; readonly holds: string };
  readonly p: { readonly life: 'ephemeral'; readonly holds: string };
  readonly due: { readonly life: 'ephemeral'; readonly holds: string };
  readonly lease: { readonly life: 'ephemeral'; readonly holds: string };
  readonly f: { readonly life: 'ephemeral'; readonly holds: string };
  readonly ids: { readonly life: 'ephemeral'; readonly holds: string };
  readonly ba: { readonly life: 'ephemeral'; readonly holds: string };
}> = defineKeys({
  pattern: 'ses',
  version: 1,
  kinds: {
    s: {
      life: 'ephemeral',
      holds: 'a session, under a keyed hash of its id; or the pointer of a rotation, or a tombstone',
    },
    u: {
      life: 'ephemeral',
      holds: "a user's live sessions with what lists show; lives as long as the longest of them",
    },
    p: {
      life: 'ephemeral',
      holds: 'a session that is on its way to another slot, for as long as its leaving may be asked again',
    },
    due: {
      life: 'ephemeral',
      holds:
        'public ids of sessions with the time to look whether they have run out; with `keepEndedMs` only',
    },
    lease: { life: 'ephemeral', holds: 'which process looks' },
    f: {
      life: 'ephemeral',
      holds: "a session of a framework's store, under a keyed hash of its id; or a tombstone",
    },
    ids: {
      life: 'ephemeral',
      holds: "which sessions of one of 1024 shards of a framework's store live, by their ends",
    },
    ba: {
      life: 'ephemeral',
      holds: 'a value that better-auth keeps, under a keyed hash of its key; or a tombstone',
    },
  },
});

/** Where it is told that sessions of a tag have ended: a hint to whoever watches one of them. */
export function endsChannel(namespace: string): string {
  return `${namespace}:ses1:ends`;
}
