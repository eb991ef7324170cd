import { failure, tooLong } from '../../engine/errors.js';
import { MutableBytes } from '../../engine/mutable-bytes.js';
import type { CommandError } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';

const largest = 512 * 1024 * 1024;

/** Refuses a string that would pass 512 MB. */
export function checkLength(length: number): void {
  if (length > largest) throw tooLong;
}

/** The text of a string entry. */
export function textOf(entry: KeyEntry): string {
  return typeof entry.value === 'string' ? entry.value : String(entry.value);
}

/** The string of a key as bytes to be written in place; made, filled with zeros, when it is absent. */
export function bytesForWrite(session: Session, key: string): MutableBytes {
  const { db } = session;
  const entry = db.entryFor(key, 'string');
  if (entry === undefined) {
    const bytes = new MutableBytes('');
    db.add(key, 'string', bytes).grown = true;
    return bytes;
  }
  if (typeof entry.value === 'string') entry.value = new MutableBytes(entry.value);
  entry.grown = true;
  return entry.value;
}

/** The bytes of a string value for reading. */
export function bytesOf(value: string | MutableBytes): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'latin1') : value.bytes;
}

export const badOffset: CommandError = failure('offset is out of range');
