import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import { SortedSet } from '../../structures/sorted-set/sorted-set.js';

/** A key that holds a sorted set. */
export type ZsetEntry = KeyEntry & { value: SortedSet };

/** The sorted set of a key for writing; made when absent. */
export function zsetForWrite(session: Session, key: string): ZsetEntry {
  const { db } = session;
  return db.entryFor(key, 'zset') ?? db.add(key, 'zset', new SortedSet());
}

/**
 * Before the members of one command are added, those counted too that will be refused, are there, or come twice. The later
 * servers (since Redis 7.2) give up at once an encoding that so many would outgrow; Valkey also one that a member is too long for.
 */
export function expectMembers(session: Session, entry: ZsetEntry, members: readonly string[]): void {
  const { config, profile } = session.engine;
  if (!profile.isLater || entry.grown) return;
  entry.grown =
    members.length > config.zsetMaxEntries ||
    (profile.product === 'valkey' && members.some((member) => member.length > config.zsetMaxValue));
}

/** Keeps account of the encoding for a member that was added, or with one more than the size is about to be. */
export function noteGrowth(
  session: Session,
  entry: ZsetEntry,
  member: string,
  size: number = entry.value.size,
): void {
  if (entry.grown) return;
  const { zsetMaxEntries, zsetMaxValue } = session.engine.config;
  entry.grown = member.length > zsetMaxValue || size > zsetMaxEntries;
}

/** Members with scores in a reply: flat for RESP2, pairs for RESP3. */
export class ScoredReply {
  readonly items: Reply[] = [];
  readonly #session: Session;
  readonly #withScores: boolean;

  constructor(session: Session, withScores: boolean) {
    this.#session = session;
    this.#withScores = withScores;
  }

  readonly add = (member: string, score: number): void => {
    if (!this.#withScores) this.items.push(member);
    else if (this.#session.protocol === 3) this.items.push([member, this.#session.double(score)]);
    else this.items.push(member, this.#session.double(score));
  };
}

/** Stores the result of an operation, replacing what the key held; an empty one removes it. Returns its size. */
export function storeZset(session: Session, key: string, set: SortedSet, event: string): number {
  const { db } = session;
  if (set.size === 0) {
    if (db.peek(key) !== undefined && db.remove(key)) db.changed(key, 'g', 'del', session);
    return 0;
  }
  const entry = db.replace(key, 'zset', set) as ZsetEntry;
  set.forEach((member) => {
    noteGrowth(session, entry, member);
  });
  if (!entry.grown) dropNegativeZeros(set);
  db.changed(key, 'z', event, session);
  return set.size;
}

/** The compact encoding keeps whole numbers as integers, which have no negative zero. */
export function dropNegativeZeros(set: SortedSet): void {
  const members: string[] = [];
  set.forEach((member, score) => {
    if (Object.is(score, -0)) members.push(member);
  });
  for (const member of members) {
    set.delete(member);
    set.set(member, 0);
  }
}

/** Removes the key when its last member went. */
export function removeWhenEmpty(session: Session, key: string, set: SortedSet): void {
  if (set.size === 0) session.db.removeEmpty(key);
}
