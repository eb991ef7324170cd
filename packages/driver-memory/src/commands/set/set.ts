import { positive, sampleCount } from '../../engine/arguments.js';
import { syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import { distinctIndexes, repeatedIndexes } from '../../engine/sampling.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { isCompact, isScanned, readCursor, readScan } from '../generic/scan.js';
import { addMember, expectMembers, membersOf, setForWrite } from './set-entry.js';

function sadd(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const entry = setForWrite(session, key);
  expectMembers(session, entry, args[2] as string, args.length - 2);
  let added = 0;
  for (let i = 2; i < args.length; i++) if (addMember(session, entry, args[i] as string)) added++;
  if (added > 0) session.db.changed(key, 's', 'sadd', session);
  return added;
}

function srem(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db } = session;
  const set = db.write(key, 'set');
  if (set === undefined) return 0;
  let removed = 0;
  for (let i = 2; i < args.length; i++) if (set.delete(args[i] as string)) removed++;
  if (removed === 0) return 0;
  db.changed(key, 's', 'srem', session);
  if (set.size === 0) db.removeEmpty(key);
  return removed;
}

function smove(session: Session, args: readonly string[]): Reply {
  const [, from, to, member] = args as readonly [string, string, string, string];
  const { db } = session;
  const source = db.write(from, 'set');
  if (source === undefined) return 0;
  db.write(to, 'set');
  if (from === to) return source.has(member) ? 1 : 0;
  if (!source.delete(member)) return 0;
  db.changed(from, 's', 'srem', session);
  if (source.size === 0) db.removeEmpty(from);
  if (addMember(session, setForWrite(session, to), member)) db.changed(to, 's', 'sadd', session);
  return 1;
}

function smismember(session: Session, args: readonly string[]): Reply {
  const set = session.db.read(args[1] as string, 'set');
  return args.slice(2).map((member) => (set?.has(member) ? 1 : 0));
}

function spop(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  if (args.length > 3) throw syntaxError;
  const count = args[2] === undefined ? undefined : positive(args[2]);
  const set = db.write(key, 'set');
  if (set === undefined) return count === undefined ? null : session.set([]);
  if (count === 0) return session.set([]);
  const taken: string[] = [];
  if (count !== undefined && count >= set.size) {
    for (const member of membersOf(set)) taken.push(member);
    set.clear();
  } else {
    for (let left = count ?? 1; left > 0; left--) {
      const index = engine.pick(set.size);
      taken.push(set.keyAt(index));
      set.deleteAt(index);
    }
  }
  db.changed(key, 's', 'spop', session);
  if (set.size === 0) db.removeEmpty(key);
  return count === undefined ? (taken[0] as string) : session.set(taken);
}

function srandmember(session: Session, args: readonly string[]): Reply {
  const { engine } = session;
  if (args.length > 3) throw syntaxError;
  if (args.length === 2) {
    const set = session.db.read(args[1] as string, 'set');
    return set === undefined ? null : set.keyAt(engine.pick(set.size));
  }
  const count = sampleCount(args[2] as string);
  const set = session.db.read(args[1] as string, 'set');
  if (set === undefined || count === 0) return [];
  const indexes =
    count < 0 ? repeatedIndexes(engine, set.size, -count) : distinctIndexes(engine, set.size, count);
  return indexes.map((index) => set.keyAt(index));
}

function sscan(session: Session, args: readonly string[]): Reply {
  readCursor(args[2] as string, session.engine.profile);
  const set = session.db.read(args[1] as string, 'set');
  const found: string[] = [];
  if (set === undefined) return ['0', found];
  const options = readScan(session, args, 2, false);
  const visit = (member: string): void => {
    if (isScanned(options, member)) found.push(member);
  };
  if (isCompact(session, args[1] as string)) {
    set.forEachKey(visit);
    return ['0', found];
  }
  return [String(set.scan(options.cursor, options.count, visit)), found];
}

/** Members of one set. */
export const setCommands: CommandFamily = {
  sadd,
  srem,
  smove,
  spop,
  srandmember,
  smismember,
  sscan,
  scard: (session, args) => session.db.read(args[1] as string, 'set')?.size ?? 0,
  sismember: (session, args) => (session.db.read(args[1] as string, 'set')?.has(args[2] as string) ? 1 : 0),
  smembers: (session, args) => session.set(membersOf(session.db.read(args[1] as string, 'set'))),
};
