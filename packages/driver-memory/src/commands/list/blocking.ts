import { timeoutMs } from '../../engine/arguments.js';
import { BLOCKED, NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { popped, readManyPop, type Side, sideOf, take, takeMany } from './pop.js';
import { moveItem } from './push.js';

/** Tries each key in order; waits when none has anything, unless nothing may wait here. */
export function firstOrWait(
  session: Session,
  keys: readonly string[],
  kind: 'list' | 'zset',
  waitMs: number,
  attempt: (key: string) => Reply | undefined,
): Reply {
  for (const key of session.servedKey === undefined ? keys : [session.servedKey]) {
    const reply = attempt(key);
    if (reply !== undefined) return reply;
  }
  if (!session.mayBlock) return NULL_ARRAY;
  session.engine.blocking.block(session, { keys, kind, timeoutMs: waitMs, attempt });
  return BLOCKED;
}

function blockingPop(session: Session, args: readonly string[], side: Side): Reply {
  const waitMs = timeoutMs(args[args.length - 1] as string);
  return firstOrWait(session, args.slice(1, -1), 'list', waitMs, (key) => {
    const list = session.db.write(key, 'list');
    if (list === undefined) return undefined;
    const item = take(list, side);
    popped(session, key, list, side);
    return [key, item];
  });
}

function blockingMove(
  session: Session,
  from: string,
  to: string,
  fromSide: Side,
  toSide: Side,
  waitMs: number,
): Reply {
  const attempt = (): Reply | undefined => moveItem(session, from, to, fromSide, toSide);
  const reply = firstOrWait(session, [from], 'list', waitMs, attempt);
  return reply === NULL_ARRAY ? null : reply;
}

function blmove(session: Session, args: readonly string[]): Reply {
  const fromSide = sideOf(args[3]);
  const toSide = sideOf(args[4]);
  const waitMs = timeoutMs(args[5] as string);
  return blockingMove(session, args[1] as string, args[2] as string, fromSide, toSide, waitMs);
}

function brpoplpush(session: Session, args: readonly string[]): Reply {
  const waitMs = timeoutMs(args[3] as string);
  return blockingMove(session, args[1] as string, args[2] as string, 'RIGHT', 'LEFT', waitMs);
}

function blmpop(session: Session, args: readonly string[]): Reply {
  const { keys, where, count } = readManyPop(args, 2, sideOf);
  const waitMs = timeoutMs(args[1] as string);
  return firstOrWait(session, keys, 'list', waitMs, (key) => {
    const list = session.db.write(key, 'list');
    return list === undefined ? undefined : [key, takeMany(session, key, list, where, count)];
  });
}

/** Pops that wait. */
export const blockingListCommands: CommandFamily = {
  blpop: (session, args) => blockingPop(session, args, 'LEFT'),
  brpop: (session, args) => blockingPop(session, args, 'RIGHT'),
  blmove,
  brpoplpush,
  blmpop,
};
