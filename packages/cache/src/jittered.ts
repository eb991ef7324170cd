import type { RandomSource } from '@penknife/core';
import type { ResolvedFreshness } from './options.js';

/** Takes up to a share of the ttl off, at random, so that values stored together do not end together. */
export function jittered(
  freshness: ResolvedFreshness,
  share: number,
  random: RandomSource,
): ResolvedFreshness {
  const less = Math.floor(freshness.ttlMs * share * random.fraction());
  return less === 0 ? freshness : { ...freshness, ttlMs: freshness.ttlMs - less };
}
