import { failure } from '../../engine/errors.js';
import { runCommand } from '../../engine/execute.js';
import { CommandError, NO_REPLY, NULL_ARRAY, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

const nested = failure('MULTI calls can not be nested');
const watchInside = failure('WATCH inside MULTI is not allowed');
const execWithout = failure('EXEC without MULTI');
const discardWithout = failure('DISCARD without MULTI');
const aborted = new CommandError('EXECABORT Transaction discarded because of previous errors.');

/** Ends a transaction without running it. */
export function discardQueue(session: Session): void {
  session.queued = undefined;
  session.queueBroken = false;
}

function multi(session: Session): Reply {
  if (session.queued !== undefined) throw nested;
  session.queued = [];
  return OK;
}

function discard(session: Session): Reply {
  if (session.queued === undefined) throw discardWithout;
  discardQueue(session);
  session.engine.unwatch(session);
  return OK;
}

function exec(session: Session): Reply {
  const { queued, queueBroken, engine } = session;
  if (queued === undefined) throw execWithout;
  noteExpired(session);
  const { watchBroken } = session;
  discardQueue(session);
  engine.unwatch(session);
  if (queueBroken) throw aborted;
  if (watchBroken) return NULL_ARRAY;
  session.mayBlock = false;
  try {
    return queued.map(({ command, args }) => {
      const reply = runCommand(session, command, args);
      return reply === NO_REPLY ? null : reply;
    });
  } finally {
    session.mayBlock = true;
  }
}

/** A watched key whose time ended since then has changed, though nobody touched it. */
function noteExpired(session: Session): void {
  for (const { database, key, expired } of session.watched) if (!expired) database.peek(key);
}

function watch(session: Session, args: readonly string[]): Reply {
  if (session.queued !== undefined) throw watchInside;
  const { db, watched } = session;
  for (let i = 1; i < args.length; i++) {
    const key = args[i] as string;
    if (watched.some((other) => other.database === db && other.key === key)) continue;
    watched.push({ database: db, key, expired: db.peek(key) === undefined });
    const watchers = db.watchers.get(key);
    if (watchers === undefined) db.watchers.set(key, new Set([session]));
    else watchers.add(session);
  }
  return OK;
}

/** MULTI, EXEC, DISCARD, WATCH, UNWATCH. */
export const transactionCommands: CommandFamily = {
  multi,
  discard,
  exec,
  watch,
  unwatch: (session) => {
    session.engine.unwatch(session);
    return OK;
  },
};
