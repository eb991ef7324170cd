import { type InvalidationRecord, parseTagRecord, type TagRecord } from '../invalidation/record.js';

/** The records of tags as they were read together with the record of the cache; undefined: there was none. */
export type TagRecords = ReadonlyMap<string, TagRecord | undefined>;

/** Below which stamps an entry is expired or gone: the highest of the cache's floors and those of its tags. */
export interface Floors {
  readonly origin: string;
  readonly expireFloor: number;
  readonly removeFloor: number;
}

/** The floors of what bears these tags; undefined: the record of one is missing, so nobody knows. */
export function floorsOf(
  record: InvalidationRecord,
  tags: readonly string[],
  records: TagRecords,
): Floors | undefined {
  if (tags.length === 0) return record;
  let { expireFloor, removeFloor } = record;
  for (const id of tags) {
    const tag = records.get(id);
    if (tag === undefined) return undefined;
    expireFloor = Math.max(expireFloor, tag.expireFloor);
    removeFloor = Math.max(removeFloor, tag.removeFloor);
  }
  return { origin: record.origin, expireFloor, removeFloor };
}

/** Takes the texts of tag records as they came, in the order of the tags. */
export function tagRecordsOf(
  ids: readonly string[],
  texts: readonly (string | undefined)[],
  origin: string,
): TagRecords {
  return new Map(ids.map((id, i) => [id, parseTagRecord(texts[i] ?? '', origin)]));
}
