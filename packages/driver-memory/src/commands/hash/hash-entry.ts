import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import { HashTable } from '../../structures/hash-table/hash-table.js';

/** A key that holds a hash. */
export type HashEntry = KeyEntry & { value: HashTable<string> };

/** The hash of a key for writing; made when absent. */
export function hashForWrite(session: Session, key: string): HashEntry {
  const { db } = session;
  return db.entryFor(key, 'hash') ?? db.add(key, 'hash', new HashTable<string>());
}

/** Sets one field; true when it is new. Keeps account of the encoding. */
export function setField(session: Session, entry: HashEntry, field: string, value: string): boolean {
  const isNew = entry.value.set(field, value);
  if (!entry.grown) {
    const { hashMaxEntries, hashMaxValue } = session.engine.config;
    entry.grown =
      value.length > hashMaxValue || field.length > hashMaxValue || entry.value.size > hashMaxEntries;
  }
  return isNew;
}
