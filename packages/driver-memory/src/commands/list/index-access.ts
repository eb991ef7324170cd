import { countOutOfRange, exactInteger, integer, isOption, positive } from '../../engine/arguments.js';
import { failure, indexOutOfRange, noSuchKey, syntaxError } from '../../engine/errors.js';
import { OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

function lindex(session: Session, args: readonly string[]): Reply {
  const list = session.db.read(args[1] as string, 'list');
  if (list === undefined) return null;
  const index = integer(args[2] as string);
  return list.at(index < 0 ? list.size + index : index) ?? null;
}

function lset(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const list = session.db.write(key, 'list');
  if (list === undefined) throw noSuchKey;
  const told = integer(args[2] as string);
  // Later servers keep no more than 32 bits of it.
  const index = session.engine.profile.isLater ? Number(BigInt.asIntN(32, BigInt(args[2] as string))) : told;
  if (!list.replaceAt(index < 0 ? list.size + index : index, args[3] as string)) throw indexOutOfRange;
  session.db.changed(key, 'l', 'lset', session);
  return OK;
}

function lrange(session: Session, args: readonly string[]): Reply {
  const start = integer(args[2] as string);
  const stop = integer(args[3] as string);
  const list = session.db.read(args[1] as string, 'list');
  if (list === undefined) return [];
  const { size } = list;
  return list.range(start < 0 ? Math.max(0, size + start) : start, stop < 0 ? size + stop : stop);
}

function ltrim(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const start = integer(args[2] as string);
  const stop = integer(args[3] as string);
  const { db } = session;
  const list = db.write(key, 'list');
  if (list === undefined) return OK;
  const { size } = list;
  list.trim(start < 0 ? size + start : start, stop < 0 ? size + stop : stop);
  db.changed(key, 'l', 'ltrim', session);
  if (list.size === 0) db.removeEmpty(key);
  return OK;
}

const smallest = -(2n ** 63n);
const zeroRank = failure(
  "RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
);
const negativeCount = failure("COUNT can't be negative");
const negativeLength = failure("MAXLEN can't be negative");

function lpos(session: Session, args: readonly string[]): Reply {
  let rank = 1;
  let isSmallest = false;
  let count: number | undefined;
  let longest = 0;
  for (let i = 3; i < args.length; i += 2) {
    const value = args[i + 1];
    if (value === undefined) throw syntaxError;
    if (isOption(args[i], 'RANK')) {
      // The smallest integer has no positive counterpart: it counts as -1, and the count of matches never comes to what is asked.
      isSmallest = exactInteger(value) === smallest;
      if (isSmallest && session.engine.profile.isLater) throw countOutOfRange;
      rank = isSmallest ? -1 : integer(value);
      if (rank === 0) throw zeroRank;
    } else if (isOption(args[i], 'COUNT')) count = positive(value, negativeCount);
    else if (isOption(args[i], 'MAXLEN')) longest = positive(value, negativeLength);
    else throw syntaxError;
  }
  const list = session.db.read(args[1] as string, 'list');
  if (list === undefined) return count === undefined ? null : [];
  const found: number[] = [];
  const wanted = count === undefined ? 1 : count === 0 || isSmallest ? Number.POSITIVE_INFINITY : count;
  let toSkip = Math.abs(rank) - 1;
  let compared = 0;
  list.forEachFrom(rank < 0 ? list.size - 1 : 0, rank < 0, (item, index) => {
    if (longest > 0 && compared >= longest) return false;
    compared++;
    if (item !== args[2]) return true;
    if (toSkip > 0) toSkip--;
    else found.push(index);
    return found.length < wanted;
  });
  return count === undefined ? (found[0] ?? null) : found;
}

/** Lists by index. */
export const indexCommands: CommandFamily = {
  lindex,
  lset,
  lrange,
  ltrim,
  lpos,
  llen: (session, args) => session.db.read(args[1] as string, 'list')?.size ?? 0,
};
