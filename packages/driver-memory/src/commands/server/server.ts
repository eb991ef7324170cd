import { integer, integerWithin, isOption } from '../../engine/arguments.js';
import type { Database } from '../../engine/database.js';
import { failure, notInCluster, subcommandSyntax, syntaxError } from '../../engine/errors.js';
import { OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

const badFirst = failure('invalid first DB index');
const badSecond = failure('invalid second DB index');
const badSlowCount = failure('count should be greater than or equal to -1');
const noSuchDatabase = failure('DB index is out of range');

function time(session: Session): Reply {
  const { engine } = session;
  // Since Redis 7.2 a script sees one time from its beginning to its end.
  const isFrozen = engine.profile.isLater && session.inScript;
  const microseconds = isFrozen ? engine.commandMicroseconds : engine.microseconds;
  const seconds = Math.floor(microseconds / 1e6);
  return [String(seconds), String(microseconds - seconds * 1e6)];
}

function checkFlush(args: readonly string[]): void {
  if (args.length > 2 || (args.length === 2 && !isOption(args[1], 'SYNC') && !isOption(args[1], 'ASYNC'))) {
    throw syntaxError;
  }
}

function flush(session: Session, args: readonly string[], databases: readonly Database[]): Reply {
  checkFlush(args);
  for (const database of databases) database.flush();
  session.engine.tracking.flushed();
  return OK;
}

function swapdb(session: Session, args: readonly string[]): Reply {
  const { engine } = session;
  if (engine.cluster !== undefined) throw notInCluster('SWAPDB is');
  const [first, second] = [
    integerWithin(args[1] as string, -(2 ** 31), 2 ** 31 - 1, badFirst),
    integerWithin(args[2] as string, -(2 ** 31), 2 ** 31 - 1, badSecond),
  ].map((index) => {
    if (index < 0 || index >= engine.config.databases) throw noSuchDatabase;
    return engine.database(Number(index));
  }) as [Database, Database];
  if (first === second) return OK;
  for (const database of [first, second]) {
    for (const [key, sessions] of database.watchers) {
      if (first.entries.has(key) || second.entries.has(key))
        for (const one of sessions) one.watchBroken = true;
    }
    engine.blocking.databaseFlushed(database);
  }
  [first.entries, second.entries] = [second.entries, first.entries];
  [first.expiries, second.expiries] = [second.expiries, first.expiries];
  [first.fieldExpiries, second.fieldExpiries] = [second.fieldExpiries, first.fieldExpiries];
  engine.dirty++;
  engine.blocking.databaseReplaced(first);
  engine.blocking.databaseReplaced(second);
  return OK;
}

function slowlogGet(session: Session, args: readonly string[]): Reply {
  if (args.length > 3) throw subcommandSyntax('SLOWLOG', args[1] as string);
  let count = 10;
  if (args[2] !== undefined) {
    count = integer(args[2], badSlowCount);
    if (count < -1) throw badSlowCount;
    if (count === -1) count = Number.POSITIVE_INFINITY;
  }
  return session.engine.slowLog.entries
    .slice(0, count)
    .map((entry) => [entry.id, entry.atSeconds, entry.microseconds, entry.args, entry.address, entry.name]);
}

/** The server as a whole. */
export const serverCommands: CommandFamily = {
  time,
  dbsize: (session) => session.db.entries.size,
  flushdb: (session, args) => flush(session, args, [session.db]),
  flushall: (session, args) => flush(session, args, session.engine.databases),
  swapdb,
  lastsave: (session) => Math.floor(session.engine.startedAt / 1000),
  role: () => ['master', 0, []],
  'slowlog|get': slowlogGet,
  'slowlog|len': (session) => session.engine.slowLog.entries.length,
  'slowlog|reset': (session) => {
    session.engine.slowLog.entries = [];
    return OK;
  },
};
