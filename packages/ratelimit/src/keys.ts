import { defineKeys, type Keys } from '@penknife/core';

/** Every key of this package. The identifier is the hash tag, so all limits of one identifier share a slot. */
export const rateLimitKeys: Keys<{
  readonly gcra: { readonly life: 'ephemeral'; readonly holds: string };
}> = defineKeys({
  pattern: 'rl',
  version: 1,
  kinds: {
    gcra: {
      life: 'ephemeral',
      holds:
        'the theoretical arrival time of one identifier under one GCRA policy; gone when fully recovered',
    },
  },
});
