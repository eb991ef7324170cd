import type { Stream } from './stream.js';
import { compareIds, MAXIMUM_ID, MINIMUM_ID, previousId, type StreamId } from './stream-id.js';
import type { TrimRule } from './stream-trim.js';

/**
 * What becomes of consumer groups when an entry is deleted (Redis 8.2): their pending entries stay, go too, or forbid it: an entry
 * is kept until every group was given it and has acknowledged it.
 */
export type ReferencePolicy = 'KEEPREF' | 'DELREF' | 'ACKED';

/** Whether no group has use of an entry any more. */
export function isSettled(stream: Stream, id: StreamId): boolean {
  for (const group of stream.groups.values()) {
    if (compareIds(group.lastId, id) < 0 || group.pending.get(id) !== undefined) return false;
  }
  return true;
}

/** Takes an entry from the pending lists of all groups. */
export function dropReferences(stream: Stream, id: StreamId): void {
  for (const group of stream.groups.values()) group.acknowledge(id);
}

/** Trims as `Stream.trim` does, minding the groups. Returns how many entries went. Costs the entries looked at. */
export function trimByPolicy(stream: Stream, rule: TrimRule, policy: ReferencePolicy): number {
  if (policy === 'KEEPREF') return stream.trim(rule);
  let removed = 0;
  for (const { id } of stream.log.range(MINIMUM_ID, lastToTrim(stream, rule), Number.POSITIVE_INFINITY)) {
    if (rule.maxLength !== undefined && stream.length <= rule.maxLength) break;
    if (rule.limit > 0 && removed >= rule.limit) break;
    if (policy === 'ACKED' && !isSettled(stream, id)) continue;
    if (policy === 'DELREF') dropReferences(stream, id);
    if (stream.log.delete(id)) removed += 1;
  }
  return removed;
}

/** The last entry a rule may reach; with `~` the end of the last node that is due as a whole. */
function lastToTrim({ log, length }: Stream, { maxLength, minimumId, approximate }: TrimRule): StreamId {
  if (!approximate) return minimumId === undefined ? MAXIMUM_ID : (previousId(minimumId) ?? MINIMUM_ID);
  let last = MINIMUM_ID;
  let left = length;
  for (const node of log.nodes) {
    const at = node.ms.length - 1;
    const id: StreamId = { ms: node.ms[at]!, seq: node.seq[at]! };
    left -= node.live;
    if (minimumId === undefined ? left < maxLength : compareIds(id, minimumId) >= 0) break;
    last = id;
  }
  return last;
}
