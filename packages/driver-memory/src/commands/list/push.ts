import { exactInteger, isOption, sampleCount } from '../../engine/arguments.js';
import { syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { ChunkedList } from '../../structures/list/chunked-list.js';
import type { CommandFamily } from '../command-family.js';
import { popped, type Side, sideOf, take } from './pop.js';

/** Puts items on an end of a list, made when absent, and tells. Returns its length. */
function pushAll(session: Session, key: string, items: readonly string[], side: Side): number {
  const { db } = session;
  const list = db.write(key, 'list') ?? db.add(key, 'list', new ChunkedList()).value;
  for (const item of items) {
    if (side === 'LEFT') list.pushHead(item);
    else list.pushTail(item);
  }
  db.changed(key, 'l', side === 'LEFT' ? 'lpush' : 'rpush', session);
  return list.size;
}

function push(session: Session, args: readonly string[], side: Side, onlyPresent: boolean): Reply {
  const key = args[1] as string;
  if (onlyPresent && session.db.write(key, 'list') === undefined) return 0;
  return pushAll(session, key, args.slice(2), side);
}

/** Moves one item from list to list; undefined when the source is empty. */
export function moveItem(
  session: Session,
  from: string,
  to: string,
  fromSide: Side,
  toSide: Side,
): string | undefined {
  const { db } = session;
  const source = db.write(from, 'list');
  if (source === undefined) return undefined;
  // Refuse a wrong target before anything is taken.
  db.write(to, 'list');
  const item = take(source, fromSide);
  if (from === to) {
    if (toSide === 'LEFT') source.pushHead(item);
    else source.pushTail(item);
    db.changed(to, 'l', toSide === 'LEFT' ? 'lpush' : 'rpush', session);
    db.changed(from, 'l', fromSide === 'LEFT' ? 'lpop' : 'rpop', session);
    return item;
  }
  pushAll(session, to, [item], toSide);
  popped(session, from, source, fromSide);
  return item;
}

function lmove(session: Session, args: readonly string[]): Reply {
  const fromSide = sideOf(args[3]);
  const toSide = sideOf(args[4]);
  return moveItem(session, args[1] as string, args[2] as string, fromSide, toSide) ?? null;
}

function linsert(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const after = isOption(args[2], 'AFTER');
  if (!after && !isOption(args[2], 'BEFORE')) throw syntaxError;
  const list = session.db.write(key, 'list');
  if (list === undefined) return 0;
  let at = -1;
  list.forEachFrom(0, false, (item, index) => {
    if (item === args[3]) at = index;
    return at < 0;
  });
  if (at < 0) return -1;
  list.insertAt(after ? at + 1 : at, args[4] as string);
  session.db.changed(key, 'l', 'linsert', session);
  return list.size;
}

function lrem(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  const text = args[2] as string;
  const count = engine.profile.isLater ? sampleCount(text) : Number(exactInteger(text));
  const list = db.write(key, 'list');
  if (list === undefined) return 0;
  const removed = list.removeEqual(args[3] as string, count);
  if (removed === 0) return 0;
  db.changed(key, 'l', 'lrem', session);
  if (list.size === 0) db.removeEmpty(key);
  return removed;
}

/** What puts items on lists, between items, or from list to list. */
export const pushCommands: CommandFamily = {
  lpush: (session, args) => push(session, args, 'LEFT', false),
  rpush: (session, args) => push(session, args, 'RIGHT', false),
  lpushx: (session, args) => push(session, args, 'LEFT', true),
  rpushx: (session, args) => push(session, args, 'RIGHT', true),
  lmove,
  rpoplpush: (session, args) =>
    moveItem(session, args[1] as string, args[2] as string, 'RIGHT', 'LEFT') ?? null,
  linsert,
  lrem,
};
