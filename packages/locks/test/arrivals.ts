import type { QueueEvent } from '@penknife/testing';
import type { LockInspection } from '../src/index.js';

/** One lock that was granted, and to whom. */
export interface Grant {
  readonly process: string;
  readonly fence: bigint;
}

/**
 * What was seen of a queue, and who was granted the lock after it, as events for the checker of order. A process has one place
 * at a time, so its next grant after a look is what it waited for then. Of those that came within one millisecond only one is
 * kept: nobody knows which was first. A look while nobody held the lock tells nothing.
 */
export function arrivals(looks: readonly LockInspection[], grants: readonly Grant[]): QueueEvent[] {
  const resource = 'hot';
  const served = [...grants].sort((a, b) => (a.fence < b.fence ? -1 : 1));
  const turnOf = new Map<number, QueueEvent & { readonly type: 'served' }>();
  for (const { holder, waiting } of looks) {
    if (holder === undefined) continue;
    for (const { process, since } of waiting) {
      const next = served.find((grant) => grant.process === process && grant.fence > holder.fence);
      if (next === undefined || turnOf.has(since)) continue;
      turnOf.set(since, { type: 'served', resource, ticket: `${process}@${since}`, turn: next.fence });
    }
  }
  return [...turnOf]
    .sort(([a], [b]) => a - b)
    .flatMap(([, event]) => [{ type: 'queued', resource, ticket: event.ticket }, event]);
}
