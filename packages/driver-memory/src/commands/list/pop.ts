import { integer, isOption, positive } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import { NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { ChunkedList } from '../../structures/list/chunked-list.js';
import type { CommandFamily } from '../command-family.js';

/** An end of a list. */
export type Side = 'LEFT' | 'RIGHT';

/** LEFT or RIGHT; else a syntax error. */
export function sideOf(text: string | undefined): Side {
  if (isOption(text, 'LEFT')) return 'LEFT';
  if (isOption(text, 'RIGHT')) return 'RIGHT';
  throw syntaxError;
}

/** Takes one item from a list that is not empty. Does not tell: call `popped`. */
export function take(list: ChunkedList, side: Side): string {
  return (side === 'LEFT' ? list.popHead() : list.popTail()) as string;
}

/** Tells of items taken from a list, and removes the key when it was the last. */
export function popped(session: Session, key: string, list: ChunkedList, side: Side): void {
  const { db } = session;
  db.changed(key, 'l', side === 'LEFT' ? 'lpop' : 'rpop', session);
  if (list.size === 0) db.removeEmpty(key);
}

/** Takes up to `count` items, from the end that is named on. */
export function takeMany(
  session: Session,
  key: string,
  list: ChunkedList,
  side: Side,
  count: number,
): string[] {
  const items: string[] = [];
  for (let left = Math.min(count, list.size); left > 0; left--) items.push(take(list, side));
  popped(session, key, list, side);
  return items;
}

function pop(session: Session, args: readonly string[], side: Side, name: string): Reply {
  const key = args[1] as string;
  if (args.length > 3) throw failure(`wrong number of arguments for '${name}' command`);
  const count = args[2] === undefined ? undefined : positive(args[2]);
  const list = session.db.write(key, 'list');
  if (list === undefined) return count === undefined ? null : NULL_ARRAY;
  if (count === 0) return [];
  if (count !== undefined) return takeMany(session, key, list, side, count);
  const item = take(list, side);
  popped(session, key, list, side);
  return item;
}

const fewKeys = failure('numkeys should be greater than 0');
const lowCount = failure('count should be greater than 0');

/** Reads `numkeys key … where [COUNT n]`; `readWhere` refuses a wrong word. */
export function readManyPop<W>(
  args: readonly string[],
  at: number,
  readWhere: (word: string | undefined) => W,
): { keys: readonly string[]; where: W; count: number } {
  const numkeys = integer(args[at] as string, fewKeys);
  if (numkeys < 1) throw fewKeys;
  const whereAt = at + numkeys + 1;
  if (whereAt >= args.length) throw syntaxError;
  const where = readWhere(args[whereAt]);
  let count: number | undefined;
  for (let i = whereAt + 1; i < args.length; i++) {
    if (count !== undefined || !isOption(args[i], 'COUNT') || i + 1 >= args.length) throw syntaxError;
    count = integer(args[++i] as string, lowCount);
    if (count < 1) throw lowCount;
  }
  return { keys: args.slice(at + 1, whereAt), where, count: count ?? 1 };
}

function lmpop(session: Session, args: readonly string[]): Reply {
  const { keys, where, count } = readManyPop(args, 1, sideOf);
  for (const key of keys) {
    const list = session.db.write(key, 'list');
    if (list !== undefined) return [key, takeMany(session, key, list, where, count)];
  }
  return NULL_ARRAY;
}

/** What takes items from lists. */
export const popCommands: CommandFamily = {
  lpop: (session, args) => pop(session, args, 'LEFT', 'lpop'),
  rpop: (session, args) => pop(session, args, 'RIGHT', 'rpop'),
  lmpop,
};
