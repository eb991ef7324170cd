import type { JournalRecord } from '../replication/redo.js';
import { ByteReader } from '../structures/dump/byte-reader.js';
import type { ByteWriter } from '../structures/dump/byte-writer.js';

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
