import { isOption, positive, timeoutMs } from '../../engine/arguments.js';
import { syntaxError } from '../../engine/errors.js';
import { NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { ScoredMember, SortedSet } from '../../structures/sorted-set/sorted-set.js';
import type { CommandFamily } from '../command-family.js';
import { firstOrWait } from '../list/blocking.js';
import { readManyPop } from '../list/pop.js';
import { removeWhenEmpty } from './zset-entry.js';

type End = 'MIN' | 'MAX';

function endOf(word: string | undefined): End {
  if (isOption(word, 'MIN')) return 'MIN';
  if (isOption(word, 'MAX')) return 'MAX';
  throw syntaxError;
}

function take(session: Session, key: string, set: SortedSet, end: End, count: number): ScoredMember[] {
  const taken = end === 'MIN' ? set.popMinimum(count) : set.popMaximum(count);
  session.db.changed(key, 'z', end === 'MIN' ? 'zpopmin' : 'zpopmax', session);
  removeWhenEmpty(session, key, set);
  return taken;
}

function pop(session: Session, args: readonly string[], end: End): Reply {
  const key = args[1] as string;
  if (args.length > 3) throw syntaxError;
  const count = args[2] === undefined ? undefined : positive(args[2]);
  const set = session.db.write(key, 'zset');
  if (set === undefined || count === 0) return [];
  const pairs = take(session, key, set, end, count ?? 1).map(({ member, score }) => [
    member,
    session.double(score),
  ]);
  return session.protocol === 3 && count !== undefined ? pairs : pairs.flat();
}

function blockingPop(session: Session, args: readonly string[], end: End): Reply {
  const waitMs = timeoutMs(args[args.length - 1] as string);
  return firstOrWait(session, args.slice(1, -1), 'zset', waitMs, (key) => {
    const set = session.db.write(key, 'zset');
    if (set === undefined) return undefined;
    const [{ member, score }] = take(session, key, set, end, 1) as [ScoredMember];
    return [key, member, session.double(score)];
  });
}

function takeNested(session: Session, key: string, set: SortedSet, end: End, count: number): Reply {
  return [
    key,
    take(session, key, set, end, count).map(({ member, score }) => [member, session.double(score)]),
  ];
}

function zmpop(session: Session, args: readonly string[]): Reply {
  const { keys, where, count } = readManyPop(args, 1, endOf);
  for (const key of keys) {
    const set = session.db.write(key, 'zset');
    if (set !== undefined) return takeNested(session, key, set, where, count);
  }
  return NULL_ARRAY;
}

function bzmpop(session: Session, args: readonly string[]): Reply {
  const { keys, where, count } = readManyPop(args, 2, endOf);
  const waitMs = timeoutMs(args[1] as string);
  return firstOrWait(session, keys, 'zset', waitMs, (key) => {
    const set = session.db.write(key, 'zset');
    return set === undefined ? undefined : takeNested(session, key, set, where, count);
  });
}

/** Members taken from an end, waiting for them if asked. */
export const zsetPopCommands: CommandFamily = {
  zpopmin: (session, args) => pop(session, args, 'MIN'),
  zpopmax: (session, args) => pop(session, args, 'MAX'),
  bzpopmin: (session, args) => blockingPop(session, args, 'MIN'),
  bzpopmax: (session, args) => blockingPop(session, args, 'MAX'),
  zmpop,
  bzmpop,
};
