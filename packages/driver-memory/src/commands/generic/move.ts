import { integerWithin, isOption } from '../../engine/arguments.js';
import { copyValue } from '../../engine/copy-value.js';
import type { Database } from '../../engine/database.js';
import { failure, noSuchKey, notInCluster, syntaxError } from '../../engine/errors.js';
import { OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import type { CommandFamily } from '../command-family.js';

const sameObject = failure('source and destination objects are the same');
const noSuchDatabase = failure('DB index is out of range');

/** The database of a number given as an argument, for an act that a cluster allows for the only one it has. */
export function databaseOf(session: Session, text: string, act = 'SELECT is'): Database {
  const index = integerWithin(text, -(2 ** 31), 2 ** 31 - 1);
  if (session.engine.cluster !== undefined && index !== 0) throw notInCluster(act);
  if (index < 0 || index >= session.engine.config.databases) throw noSuchDatabase;
  return session.engine.database(index);
}

function place(db: Database, key: string, entry: KeyEntry, value = entry.value): void {
  const placed = db.replace(key, entry.kind, value);
  placed.grown = entry.grown;
  if (entry.expiresAt !== undefined) db.setExpiry(key, placed, entry.expiresAt);
}

function renameGeneric(session: Session, args: readonly string[], onlyNew: boolean): Reply {
  const from = args[1] as string;
  const to = args[2] as string;
  const { db } = session;
  const entry = db.lookupForWrite(from);
  if (entry === undefined) throw noSuchKey;
  if (from === to) return onlyNew ? 0 : OK;
  if (db.lookupForWrite(to) !== undefined) {
    if (onlyNew) return 0;
    db.remove(to);
  }
  const { expiresAt } = entry;
  db.remove(from);
  place(db, to, Object.assign(entry, { expiresAt }));
  db.changed(from, 'g', 'rename_from', session);
  db.changed(to, 'g', 'rename_to', session);
  return onlyNew ? 1 : OK;
}

function copy(session: Session, args: readonly string[]): Reply {
  const from = args[1] as string;
  const to = args[2] as string;
  let target = session.db;
  let replace = false;
  for (let i = 3; i < args.length; i++) {
    if (isOption(args[i], 'REPLACE')) replace = true;
    else if (isOption(args[i], 'DB') && i + 1 < args.length)
      target = databaseOf(session, args[++i] as string, 'Copying to another database is');
    else throw syntaxError;
  }
  if (target === session.db && from === to) throw sameObject;
  const entry = session.db.lookup(from);
  if (entry === undefined) return 0;
  if (target.lookupForWrite(to) !== undefined) {
    if (!replace) return 0;
    target.remove(to);
  }
  place(target, to, entry, copyValue(entry.value));
  target.changed(to, 'g', 'copy_to', session);
  return 1;
}

function move(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  if (session.engine.cluster !== undefined) throw notInCluster('MOVE is');
  const target = databaseOf(session, args[2] as string);
  const { db } = session;
  if (target === db) throw sameObject;
  const entry = db.lookupForWrite(key);
  if (entry === undefined || target.lookupForWrite(key) !== undefined) return 0;
  db.remove(key);
  place(target, key, entry);
  db.changed(key, 'g', 'move_from', session);
  target.changed(key, 'g', 'move_to', session);
  return 1;
}

/** Keys that change name or database. */
export const moveCommands: CommandFamily = {
  rename: (session, args) => renameGeneric(session, args, false),
  renamenx: (session, args) => renameGeneric(session, args, true),
  copy,
  move,
};
