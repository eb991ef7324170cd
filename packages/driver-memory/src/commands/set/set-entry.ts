import { type CompactLimits, hasGrown } from '../../engine/has-grown.js';
import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import { KeySet } from '../../structures/hash-table/key-set.js';
import { parseInteger } from '../../structures/numbers/integer.js';

/** A key that holds a set. */
export type SetEntry = KeyEntry & { value: KeySet };

/** The set of a key for writing; made when absent. */
export function setForWrite(session: Session, key: string): SetEntry {
  const { db } = session;
  return db.entryFor(key, 'set') ?? db.add(key, 'set', new KeySet());
}

/**
 * Before `count` members are added, members that are there already or come twice counted too. The later servers (since
 * Redis 7.2) take that for what the set is about to hold, and give up at once an encoding that it would outgrow.
 */
export function expectMembers(session: Session, entry: SetEntry, first: string, count: number): void {
  const { config, profile } = session.engine;
  const { value, grown } = entry;
  if (!profile.isLater || grown === true) return;
  if (grown === 'listpack') {
    if (count > config.setMaxEntries) entry.grown = true;
    return;
  }
  const isNew = value.size === 0;
  if (count <= config.setMaxIntegers && (!isNew || parseInteger(first) !== undefined)) return;
  entry.grown = isNew && count <= config.setMaxEntries ? 'listpack' : true;
}

/** Adds one member; true when it is new. Keeps account of the encoding. */
export function addMember(session: Session, entry: SetEntry, member: string): boolean {
  if (!entry.value.add(member)) return false;
  if (entry.grown !== true) entry.grown = grownBy(entry, member, session.engine.config);
  return true;
}

/** What encoding a set has with one more member: integers, small, or neither. */
function grownBy({ value, grown }: SetEntry, member: string, limits: CompactLimits): boolean | 'listpack' {
  if (grown === 'listpack') {
    return value.size > limits.setMaxEntries || member.length > limits.setMaxValue ? true : grown;
  }
  if (value.size <= limits.setMaxIntegers && parseInteger(member) !== undefined) return false;
  return limits.setMaxEntries === 0 ? true : hasGrown('set', value, limits);
}

/** Stores the result of a set operation, replacing what the key held; an empty one removes it. Returns its size. */
export function storeSet(session: Session, key: string, members: Iterable<string>, event: string): number {
  const { db } = session;
  const set = new KeySet();
  for (const member of members) set.add(member);
  if (set.size === 0) {
    if (db.peek(key) !== undefined && db.remove(key)) db.changed(key, 'g', 'del', session);
    return 0;
  }
  const entry = db.replace(key, 'set', set);
  entry.grown = hasGrown('set', set, session.engine.config);
  db.changed(key, 's', event, session);
  return set.size;
}

/** The members of a set in its own order. */
export function membersOf(set: KeySet | undefined): string[] {
  const members: string[] = [];
  set?.forEachKey((member) => void members.push(member));
  return members;
}
