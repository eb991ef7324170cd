import { integer, integerWithin, positive } from '../../engine/arguments.js';
import { failure, timeoutNegative, timeoutNotInteger } from '../../engine/errors.js';
import { matchesGlob } from '../../engine/glob.js';
import type { Reply } from '../../engine/reply.js';
import { Status } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

function del(session: Session, args: readonly string[]): Reply {
  const { db } = session;
  let removed = 0;
  for (let i = 1; i < args.length; i++) {
    const key = args[i] as string;
    if (db.peek(key) === undefined) continue;
    db.remove(key);
    db.changed(key, 'g', 'del', session);
    removed++;
  }
  return removed;
}

function countPresent(session: Session, args: readonly string[]): Reply {
  let present = 0;
  for (let i = 1; i < args.length; i++) if (session.db.lookup(args[i] as string) !== undefined) present++;
  return present;
}

const kinds: Readonly<Record<string, Status>> = Object.fromEntries(
  ['none', 'string', 'list', 'hash', 'set', 'zset', 'stream'].map((name) => [name, new Status(name)]),
);

function type(session: Session, args: readonly string[]): Reply {
  return kinds[session.db.peek(args[1] as string)?.kind ?? 'none'] as Status;
}

function keys(session: Session, args: readonly string[]): Reply {
  const pattern = args[1] as string;
  const all = pattern === '*';
  const { db, engine } = session;
  const found: string[] = [];
  db.entries.forEach((entry, key) => {
    if (entry.expiresAt !== undefined && engine.now > entry.expiresAt) return;
    if (all || matchesGlob(pattern, key)) found.push(key);
  });
  return found;
}

function randomkey(session: Session): Reply {
  const { db, engine } = session;
  while (db.entries.size > 0) {
    const key = db.entries.keyAt(engine.pick(db.entries.size));
    if (db.peek(key) !== undefined) return key;
  }
  return null;
}

const noFile = failure('WAITAOF cannot be used when numlocal is set but appendonly is disabled.');

/** Redis 7.2: who has it on disk. Nobody waits: what `fsync: 'always'` answers is there already. */
function waitaof(session: Session, args: readonly string[]): Reply {
  const local = integerWithin(args[1] as string, 0, 1);
  positive(args[2] as string);
  if (integer(args[3] as string, timeoutNotInteger) < 0) throw timeoutNegative;
  const { journal, config } = session.engine;
  if (local > 0 && journal === undefined) throw noFile;
  return [journal !== undefined && config.get('appendfsync') === 'always' ? 1 : 0, 0];
}

/** Keys of any kind. */
export const keyCommands: CommandFamily = {
  del,
  unlink: del,
  exists: countPresent,
  touch: countPresent,
  type,
  keys,
  randomkey,
  wait: () => 0,
  waitaof,
};
