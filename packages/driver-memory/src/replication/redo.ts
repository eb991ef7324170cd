import { sortTarget } from '../commands/generic/sort.js';
import type { Engine } from '../engine/engine.js';
import { runCommand } from '../engine/execute.js';
import { findCommand } from '../engine/find-command.js';
import { CommandError, isArrayReply, type Reply, SetReply } from '../engine/reply.js';
import type { Session } from '../engine/session.js';
import { ChunkedList } from '../structures/list/chunked-list.js';
import { Stream } from '../structures/stream/stream.js';
import { exactTrim } from './exact-trim.js';

/** One command that changed something, as it is done again. */
export interface JournalRecord {
  /** Engine time when it ran, in ms since 1970: times to live, stream ids and idle times come out the same again. */
  readonly nowMs: number;
  readonly database: number;
  readonly args: readonly string[];
  /** The key that served a command which had waited for several. */
  readonly servedKey: string | undefined;
}

/** A command as commands that do it again: what was left to chance, to the order of a set or to the nodes of a stream, is written as its outcome. */
export function effectsOf(
  engine: Engine,
  database: number,
  args: readonly string[],
  reply: Reply,
): readonly (readonly string[])[] {
  // What found a key past its deadline only: it does so again at its own time.
  if (reply instanceof CommandError || reply === null) return [args];
  const name = (args[0] as string).toLowerCase();
  if (name === 'spop') {
    const members = reply instanceof SetReply ? reply.items : isArrayReply(reply) ? reply : [reply];
    return members.length === 0 ? [args] : [['SREM', args[1] as string, ...(members as readonly string[])]];
  }
  if (name === 'sort') {
    const key = sortTarget(args);
    if (key === undefined) return [args];
    const list = engine.database(database).entries.get(key)?.value;
    const before = ['DEL', key];
    return list instanceof ChunkedList ? [before, ['RPUSH', key, ...list.range(0, list.size - 1)]] : [before];
  }
  if (name === 'xadd' || name === 'xtrim') {
    const value = engine.database(database).entries.get(args[1] as string)?.value;
    return [value instanceof Stream ? exactTrim(args, value.length) : args];
  }
  // Kept as long as it takes to write: the caller may reuse its array.
  return [args];
}

/** A session on which records are done again: nothing may wait there, and nobody listens. */
export function openRedoSession(engine: Engine): Session {
  const session = engine.openSession({ push: () => undefined, closed: () => undefined });
  session.mayBlock = false;
  return session;
}

/** Does a record again at its own time, which the engine keeps until `timeIsGiven` is taken back. Throws CommandError for an unknown command. */
export function redo(engine: Engine, session: Session, record: JournalRecord): void {
  const { nowMs, database, args, servedKey } = record;
  engine.giveTime(nowMs);
  session.db = engine.database(database);
  session.servedKey = servedKey;
  const command = findCommand(engine.commands, args);
  if (command instanceof CommandError) throw command;
  // A command that failed half-way does so again.
  runCommand(session, command, args);
}
