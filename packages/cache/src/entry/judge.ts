import { floorsOf } from './floors.js';
import { earlyByMs, gradeOf } from './freshness.js';
import { type Entry, type Header, longestHeader } from './header.js';
import type { ReaderParts, Reading, RecordsReading } from './reading.js';
import type { WaitingRead } from './reading-turn.js';

/** What the bytes at an entry's key are good for, by the records read with them. Keeps what it may in the local tier. */
export function judge(
  parts: ReaderParts,
  { place, tags: asked, watch }: WaitingRead,
  records: RecordsReading,
  bytes: Uint8Array | null,
  entry: Entry | undefined,
): Reading {
  const { codec, position, counts, keeper, driver, options } = parts;
  const { record, tagRecords } = records;
  if (bytes === null) return nothing(records, bytes, undefined, 0);
  if (entry === undefined) {
    counts.unreadable++;
    return nothing(records, bytes, undefined, longestHeader);
  }
  const { header, seenBytes } = entry;
  const serverMs = position.server.latest();
  // An entry without a tag that is declared now would not fall with it.
  const complete = asked.declared.every(({ id }) => header.tags.includes(id));
  const under = asked.soft.length === 0 ? header.tags : [...header.tags, ...asked.soft.map(({ id }) => id)];
  const floors = complete ? floorsOf(record, under, tagRecords) : undefined;
  const grade = gradeOf(header, floors, serverMs);
  const decoded = grade === 'gone' ? undefined : codec.decode(entry.value);
  if (decoded === undefined) {
    if (grade !== 'gone') counts.unreadable++;
    return nothing(records, bytes, header, seenBytes);
  }
  const found = { value: keeper.frozen(decoded.value) };
  const earlyMs =
    options.earlyRefresh === 0 ? 0 : earlyByMs(header.loadMs, options.earlyRefresh, driver.random.fraction());
  const early = grade === 'fresh' && serverMs - header.createdMs >= header.ttlMs - earlyMs;
  if (watch !== undefined) {
    // What it takes here: inflated.
    const size = bytes.byteLength - entry.value.byteLength + decoded.bytes;
    keeper.keep(place, found.value, { header, grade, bytes: size, earlyMs }, watch);
  }
  return { record, tagRecords, grade, early, found, header, bytes, seenBytes };
}

function nothing(
  { record, tagRecords }: RecordsReading,
  bytes: Uint8Array | null,
  header: Header | undefined,
  seenBytes: number,
): Reading {
  return { record, tagRecords, grade: 'gone', early: false, found: undefined, header, bytes, seenBytes };
}
