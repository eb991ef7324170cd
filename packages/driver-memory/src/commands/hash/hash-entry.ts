import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import { FieldHash } from '../../structures/hash-table/field-hash.js';

/** A key that holds a hash. */
export type HashEntry = KeyEntry & { value: FieldHash };

/** The hash of a key for writing; made when absent. */
export function hashForWrite(session: Session, key: string): HashEntry {
  const { db } = session;
  return db.entryFor(key, 'hash') ?? db.add(key, 'hash', new FieldHash());
}

/**
 * Before `count` fields are set, those counted too that are there or come twice: the later servers (since Redis 7.2) give up at
 * once an encoding that so many would outgrow.
 */
export function expectFields({ engine }: Session, entry: HashEntry, count: number): void {
  if (engine.profile.isLater && count > engine.config.hashMaxEntries) entry.grown = true;
}

/** Fields whose time is over before it began go at once. Valkey calls that expired, Redis deleted. */
export function endFields(session: Session, key: string, hash: FieldHash, fields: readonly string[]): void {
  if (fields.length === 0) return;
  const { db, engine } = session;
  for (const field of fields) hash.delete(field);
  db.changed(key, 'h', engine.profile.product === 'valkey' ? 'hexpired' : 'hdel', session);
  if (hash.size === 0) db.removeEmpty(key);
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
