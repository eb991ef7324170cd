import { exactInteger, integer, isOption } from '../../engine/arguments.js';
import { failure, noSuchKey, syntaxError, wrongArity } from '../../engine/errors.js';
import { NULL_ARRAY, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { Stream } from '../../structures/stream/stream.js';
import {
  compareIds,
  formatId,
  MAXIMUM_ID,
  MINIMUM_ID,
  parseMsWithOpenSequence,
  type StreamId,
} from '../../structures/stream/stream-id.js';
import type { CommandFamily } from '../command-family.js';
import { entryReply, intervalEnd, intervalStart, strictId, TrimArguments } from './stream-arguments.js';

const notAboveZero = failure('The ID specified in XADD must be greater than 0-0');
const notAboveTop = failure('The ID specified in XADD is equal or smaller than the target stream top item');
const exhausted = failure('The stream has exhausted the last possible ID, unable to add more items');
const needsStrategy = failure('syntax error, XTRIM must be called with a trimming strategy');

/** The id XADD asks for, as far as the stream's state is not needed: `*`, `ms-*`, or a whole id. */
function readNewId(text: string): (stream: Stream, now: number) => StreamId | undefined {
  if (text === '*') return (stream, now) => stream.automaticId(now);
  const ms = parseMsWithOpenSequence(text);
  if (ms !== undefined) return (stream) => stream.idWithOpenSequence(ms);
  const id = strictId(text);
  return () => id;
}

function xadd(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  const trim = new TrimArguments(engine.profile);
  let makes = true;
  let at = 2;
  for (; at < args.length && args[at] !== '*'; ) {
    const taken = trim.take(args, at);
    if (taken > 0) at += taken;
    else if (isOption(args[at], 'NOMKSTREAM')) {
      makes = false;
      at++;
    } else break;
  }
  const idText = args[at];
  if (idText === undefined) throw wrongArity('xadd');
  const newId = readNewId(idText);
  const rule = trim.rule(engine.config.streamNodeEntries);
  const count = args.length - at - 1;
  if (count < 2 || count % 2 !== 0) throw wrongArity('xadd');
  if (idText !== '*' && /^\+?0+(-\+?0+)?$/.test(idText)) throw notAboveZero;
  const present = db.write(key, 'stream');
  if (present === undefined && !makes) return null;
  const stream = present ?? new Stream();
  if (compareIds(stream.lastId, MAXIMUM_ID) === 0) throw exhausted;
  const id = newId(stream, engine.now);
  const { streamNodeEntries: maxEntries, streamNodeBytes: maxBytes } = engine.config;
  if (id === undefined || !stream.append(id, args.slice(at + 1), { maxEntries, maxBytes })) throw notAboveTop;
  if (present === undefined) db.add(key, 'stream', stream);
  else engine.blocking.ready(db, key);
  db.changed(key, 't', 'xadd', session);
  if (rule !== undefined && trim.trim(stream, rule) > 0) db.notify('t', 'xtrim', key);
  return formatId(id);
}

function xtrim(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  const trim = new TrimArguments(engine.profile);
  for (let at = 2; at < args.length; ) {
    const taken = trim.take(args, at);
    if (taken === 0) throw syntaxError;
    at += taken;
  }
  const rule = trim.rule(engine.config.streamNodeEntries);
  if (rule === undefined) throw needsStrategy;
  const stream = db.write(key, 'stream');
  const removed = stream === undefined ? 0 : trim.trim(stream, rule);
  if (removed > 0) db.changed(key, 't', 'xtrim', session);
  return removed;
}

function xdel(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const stream = session.db.write(key, 'stream');
  if (stream === undefined) return 0;
  const ids = args.slice(2).map((text) => strictId(text));
  let removed = 0;
  for (const id of ids) if (stream.delete(id)) removed++;
  if (removed > 0) session.db.changed(key, 't', 'xdel', session);
  return removed;
}

function range(session: Session, args: readonly string[], reverse: boolean): Reply {
  const start = intervalStart(args[reverse ? 3 : 2] as string);
  const end = intervalEnd(args[reverse ? 2 : 3] as string);
  let count: number | undefined;
  for (let i = 4; i < args.length; i += 2) {
    if (!isOption(args[i], 'COUNT') || i + 1 >= args.length) throw syntaxError;
    count = Math.max(0, integer(args[i + 1] as string));
  }
  const stream = session.db.read(args[1] as string, 'stream');
  if (stream === undefined) return [];
  if (count === 0) return NULL_ARRAY;
  return stream.log.range(start, end, count ?? Number.POSITIVE_INFINITY, reverse).map(entryReply);
}

const belowTop = failure('The ID specified in XSETID is smaller than the target stream top item');
const belowLength = failure('The entries_added specified in XSETID is smaller than the target stream length');
const belowOwnDeleted = failure('The ID specified in XSETID is smaller than current max_deleted_entry_id');
const belowDeleted = failure('The ID specified in XSETID is smaller than the provided max_deleted_entry_id');
const negativeAdded = failure('entries_added must be positive');

function xsetid(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const id = strictId(args[2] as string);
  let entriesAdded: number | undefined;
  let maxDeletedId: StreamId | undefined;
  for (let i = 3; i < args.length; i += 2) {
    const value = args[i + 1];
    if (value === undefined) throw syntaxError;
    if (isOption(args[i], 'ENTRIESADDED')) {
      entriesAdded = Number(exactInteger(value));
      if (entriesAdded < 0) throw negativeAdded;
    } else if (isOption(args[i], 'MAXDELETEDID')) {
      maxDeletedId = strictId(value);
      if (compareIds(id, maxDeletedId) < 0) throw belowDeleted;
    } else throw syntaxError;
  }
  const stream = session.db.write(key, 'stream');
  if (stream === undefined) throw noSuchKey;
  if (session.engine.profile.isLater && compareIds(id, stream.maxDeletedId) < 0) throw belowOwnDeleted;
  if (stream.length > 0) {
    const top = stream.log.edge(true)?.id ?? MINIMUM_ID;
    if (compareIds(id, top) < 0) throw belowTop;
    if (entriesAdded !== undefined && entriesAdded < stream.length) throw belowLength;
  }
  stream.lastId = id;
  if (entriesAdded !== undefined) stream.entriesAdded = entriesAdded;
  if (maxDeletedId !== undefined && compareIds(maxDeletedId, MINIMUM_ID) !== 0)
    stream.maxDeletedId = maxDeletedId;
  session.db.noted(key, 't', 'xsetid');
  return OK;
}

/** The log itself. */
export const streamCommands: CommandFamily = {
  xadd,
  xtrim,
  xdel,
  xsetid,
  xlen: (session, args) => session.db.read(args[1] as string, 'stream')?.length ?? 0,
  xrange: (session, args) => range(session, args, false),
  xrevrange: (session, args) => range(session, args, true),
};
