/** A resource was granted, after the reply; or its holding ended, before the release was sent or when its loss was told. */
export type HoldingEvent =
  | {
      readonly type: 'granted';
      readonly resource: string;
      /** Unique to this grant: a token, or the process with a number. */
      readonly holder: string;
      readonly fence?: number | bigint;
    }
  | { readonly type: 'ended'; readonly resource: string; readonly holder: string };

/** Tells holding events from others in one history. */
function isHolding(event: object): event is HoldingEvent {
  const { type } = event as Partial<HoldingEvent>;
  return type === 'granted' || type === 'ended';
}

/**
 * Mutual exclusion: grants of a resource while others held it. `permits` is how many may hold it at once (1: a mutex). Empty
 * when nothing is wrong. A holding that never ends excludes everybody after it.
 */
export function overlaps(events: readonly object[], permits = 1): string[] {
  const holders = new Map<string, Set<string>>();
  const complaints: string[] = [];
  for (const event of events.filter(isHolding)) {
    const current = holders.get(event.resource) ?? new Set<string>();
    holders.set(event.resource, current);
    if (event.type === 'ended') current.delete(event.holder);
    else {
      if (current.size >= permits)
        complaints.push(
          `${event.resource} was granted to ${event.holder} while ${[...current].join(', ')} held it`,
        );
      current.add(event.holder);
    }
  }
  return complaints;
}

/** Fences that did not rise from grant to grant of a resource. Empty when nothing is wrong. */
export function fallenFences(events: readonly object[]): string[] {
  const last = new Map<string, bigint>();
  const complaints: string[] = [];
  for (const event of events.filter(isHolding)) {
    if (event.type !== 'granted' || event.fence === undefined) continue;
    const fence = BigInt(event.fence);
    const before = last.get(event.resource);
    if (before !== undefined && fence <= before)
      complaints.push(`${event.resource}: fence ${fence} of ${event.holder} came after ${before}`);
    if (before === undefined || fence > before) last.set(event.resource, fence);
  }
  return complaints;
}
