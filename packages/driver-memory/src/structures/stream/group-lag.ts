import type { ConsumerGroup } from './consumer-group.js';
import type { Stream } from './stream.js';
import { compareIds, MINIMUM_ID, type StreamId } from './stream-id.js';

/**
 * Whether an entry at or after the id was deleted by XDEL and lies inside the stream: then counting by subtraction is
 * off. Trimmed entries, and deletions before the oldest entry left, do not matter to Redis 7.0.
 */
function hasDeletionsFrom(stream: Stream, id: StreamId): boolean {
  return wasDeletedFrom(stream, id) && compareIds(stream.firstId, stream.maxDeletedId) <= 0;
}

/** The same, but what was deleted may have lain before the oldest entry left. */
function wasDeletedFrom(stream: Stream, id: StreamId): boolean {
  if (stream.length === 0 || compareIds(stream.maxDeletedId, MINIMUM_ID) === 0) return false;
  return compareIds(id, stream.maxDeletedId) <= 0;
}

/**
 * How many entries were ever added up to the id, by the rules of Redis 7.0; undefined where it cannot be told:
 * inside the stream, after a deletion, or for an id in the future.
 */
function entriesAddedUpTo(stream: Stream, id: StreamId): number | undefined {
  if (stream.entriesAdded === 0) return 0;
  const toLast = compareIds(id, stream.lastId);
  if (stream.length === 0 && toLast <= 0) return stream.entriesAdded;
  if (toLast === 0) return stream.entriesAdded;
  if (toLast > 0) return undefined;
  const firstId = stream.firstId;
  const untouched =
    compareIds(stream.maxDeletedId, MINIMUM_ID) === 0 || compareIds(stream.maxDeletedId, firstId) < 0;
  if (!untouched) return undefined;
  const toFirst = compareIds(id, firstId);
  if (toFirst < 0) return stream.entriesAdded - stream.length;
  return toFirst === 0 ? stream.entriesAdded - stream.length + 1 : undefined;
}

/**
 * How a server comes by the lag. `subtracts` (Redis 7.0): what was read from what was added, unless entries inside the stream were
 * deleted. `distrusts` (Valkey): not where anything from the group's place on was deleted either, though it has been trimmed
 * since; nothing is known behind it but at the very beginning. `counts` (Redis 8): the entries, where they are all still to come, whatever the read counter says.
 */
export type LagRule = 'subtracts' | 'distrusts' | 'counts';

/** Entries the group has still to be given, as XINFO GROUPS says; undefined (null there) when unknown. */
export function groupLag(
  stream: Stream,
  group: ConsumerGroup,
  rule: LagRule = 'subtracts',
): number | undefined {
  const counts = rule === 'counts';
  if (stream.entriesAdded === 0 || (counts && stream.length === 0)) return 0;
  if (
    counts &&
    compareIds(group.lastId, stream.firstId) < 0 &&
    compareIds(stream.maxDeletedId, stream.firstId) < 0
  ) {
    return stream.length;
  }
  const { lastId, entriesRead } = group;
  const hasDeletions = rule === 'distrusts' ? wasDeletedFrom : hasDeletionsFrom;
  if (entriesRead !== undefined && !hasDeletions(stream, lastId)) return stream.entriesAdded - entriesRead;
  const isBehind = compareIds(lastId, MINIMUM_ID) !== 0 && compareIds(lastId, stream.maxDeletedId) < 0;
  if (rule === 'distrusts' && stream.length > 0 && isBehind) return undefined;
  const known = entriesAddedUpTo(stream, lastId);
  return known === undefined ? undefined : stream.entriesAdded - known;
}

/**
 * Moves the group on to an entry just delivered: its last id and its read counter. Does nothing for older entries. `looksBack`:
 * since Redis 7.2 the counter goes on only where nothing was deleted since the entry before, which must be in the stream's reach.
 */
export function advanceGroup(stream: Stream, group: ConsumerGroup, id: StreamId, looksBack: boolean): void {
  if (compareIds(id, group.lastId) <= 0) return;
  const isInReach = !looksBack || compareIds(group.lastId, stream.firstId) >= 0;
  const isUnbroken = isInReach && !hasDeletionsFrom(stream, looksBack ? group.lastId : id);
  if (group.entriesRead !== undefined && isUnbroken) group.entriesRead += 1;
  else if (stream.entriesAdded > 0) group.entriesRead = entriesAddedUpTo(stream, id);
  group.lastId = id;
}
