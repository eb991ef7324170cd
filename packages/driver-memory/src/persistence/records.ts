import type { JournalRecord } from '../replication/redo.js';
import { ByteReader } from '../structures/dump/byte-reader.js';
import type { ByteWriter } from '../structures/dump/byte-writer.js';

const mostDatabases = 10_000;

/** Writes one record behind the others. */
export function writeRecord(writer: ByteWriter, { nowMs, database, args, servedKey }: JournalRecord): void {
  writer.doubleLE(nowMs);
  writer.uint32LE(database);
  writer.byte(servedKey === undefined ? 0 : 1);
  if (servedKey !== undefined) writeText(writer, servedKey);
  writer.uint32LE(args.length);
  for (const arg of args) writeText(writer, arg);
}

function writeText(writer: ByteWriter, text: string): void {
  writer.uint32LE(text.length);
  writer.text(text);
}

/** The records of one frame. Throws CorruptPayloadError for what no engine writes. */
export function readRecords(payload: Uint8Array): JournalRecord[] {
  const reader = new ByteReader(payload);
  const records: JournalRecord[] = [];
  while (reader.left > 0) {
    const nowMs = reader.doubleLE();
    const database = reader.uint32LE();
    const servedKey = reader.byte() === 1 ? reader.text(reader.uint32LE()) : undefined;
    const args: string[] = [];
    for (let left = reader.uint32LE(); left > 0; left--) args.push(reader.text(reader.uint32LE()));
    records.push({ nowMs, database, args, servedKey });
  }
  return records;
}

/** The shortest record: time, database, no key, one argument of one byte. */
export const recordHeadBytes = 22;

/**
 * Whether bytes may be the beginning of a frame's first record, where the frame has so many bytes. At least `recordHeadBytes` of
 * them are there. Cheap: it is asked about every place where a frame might begin.
 */
export function beginsRecord(bytes: Buffer, at: number, length: number): boolean {
  const hasKey = bytes[at + 12] as number;
  if (hasKey > 1) return false;
  // The key's length, or the number of arguments, of which each has a length.
  const count = bytes.readUInt32LE(at + 13);
  if (count === 0 ? hasKey === 0 : count > length) return false;
  const nowMs = bytes.readDoubleLE(at);
  return Number.isSafeInteger(nowMs) && bytes.readUInt32LE(at + 8) < mostDatabases;
}
