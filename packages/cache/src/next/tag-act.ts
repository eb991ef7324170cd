/** How long tags that were revalidated may still serve what bears them, in seconds. */
export interface NextDurations {
  readonly expire?: number;
}

/**
 * What revalidating tags does to the entries that bear them, as Next's own handlers have it: without durations they are gone;
 * with them they are stale, and gone at once only when that is all the time they have.
 */
export function tagAct(durations: NextDurations | undefined): 'remove' | 'expire' {
  if (durations === undefined) return 'remove';
  return durations.expire !== undefined && durations.expire <= 0 ? 'remove' : 'expire';
}
