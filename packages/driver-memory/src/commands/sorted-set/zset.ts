import { isOption, sampleCount } from '../../engine/arguments.js';
import { outOfRange, syntaxError, wrongArity } from '../../engine/errors.js';
import { NULL_ARRAY, type Reply } from '../../engine/reply.js';
import { distinctIndexes, repeatedIndexes } from '../../engine/sampling.js';
import type { Session } from '../../engine/session.js';
import { formatDouble } from '../../structures/numbers/format-double.js';
import type { CommandFamily } from '../command-family.js';
import { isCompact, isScanned, readCursor, readScan } from '../generic/scan.js';
import { removeWhenEmpty, ScoredReply } from './zset-entry.js';

function zscore(session: Session, args: readonly string[]): Reply {
  const score = session.db.read(args[1] as string, 'zset')?.score(args[2] as string);
  return score === undefined ? null : session.double(score);
}

function zmscore(session: Session, args: readonly string[]): Reply {
  const set = session.db.read(args[1] as string, 'zset');
  return args.slice(2).map((member) => {
    const score = set?.score(member);
    return score === undefined ? null : session.double(score);
  });
}

function rank(session: Session, args: readonly string[], reverse: boolean): Reply {
  const withScore = args.length > 3;
  if (args.length > 4) throw wrongArity(reverse ? 'zrevrank' : 'zrank');
  if (withScore && !isOption(args[3], 'WITHSCORE')) throw syntaxError;
  const set = session.db.read(args[1] as string, 'zset');
  const found = set?.rank(args[2] as string);
  if (set === undefined || found === undefined) return withScore ? NULL_ARRAY : null;
  const place = reverse ? set.size - 1 - found : found;
  return withScore ? [place, session.double(set.score(args[2] as string) as number)] : place;
}

function zrem(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const set = session.db.write(key, 'zset');
  if (set === undefined) return 0;
  let removed = 0;
  for (let i = 2; i < args.length; i++) if (set.delete(args[i] as string)) removed++;
  if (removed === 0) return 0;
  session.db.changed(key, 'z', 'zrem', session);
  removeWhenEmpty(session, key, set);
  return removed;
}

function zscan(session: Session, args: readonly string[]): Reply {
  readCursor(args[2] as string, session.engine.profile);
  const set = session.db.read(args[1] as string, 'zset');
  const found: string[] = [];
  if (set === undefined) return ['0', found];
  const isValkey = session.engine.profile.product === 'valkey';
  const options = readScan(session, args, 2, false, isValkey ? 'NOSCORES' : undefined);
  const compact = isCompact(session, args[1] as string);
  const visit = (member: string, score: number): void => {
    if (!isScanned(options, member)) return;
    found.push(member);
    if (!options.namesOnly)
      found.push(compact ? compactScore(session, score) : formatDouble(score, 'seventeen-digits'));
  };
  if (compact) {
    set.forEach(visit);
    return ['0', found];
  }
  return [String(set.scan(options.cursor, options.count, visit)), found];
}

/**
 * The compact encoding keeps whole numbers as integers and others as they are answered, and ZSCAN shows them as they are kept. Of
 * the other encoding every server shows 17 digits.
 */
function compactScore(session: Session, score: number): string {
  return Number.isInteger(score) && Math.abs(score) < 2 ** 62
    ? BigInt(score).toString()
    : session.engine.formatDouble(score);
}

const largestCount = 2 ** 62;

function zrandmember(session: Session, args: readonly string[]): Reply {
  const { engine } = session;
  if (args.length === 2) {
    const set = session.db.read(args[1] as string, 'zset');
    return set?.at(engine.pick(set.size))?.member ?? null;
  }
  const count = sampleCount(args[2] as string);
  const withScores = args.length > 3;
  if (args.length > 4 || (withScores && !isOption(args[3], 'WITHSCORES'))) throw syntaxError;
  if (withScores && Math.abs(count) > largestCount) throw outOfRange;
  const set = session.db.read(args[1] as string, 'zset');
  if (set === undefined || count === 0) return [];
  const ranks =
    count < 0 ? repeatedIndexes(engine, set.size, -count) : distinctIndexes(engine, set.size, count);
  const reply = new ScoredReply(session, withScores);
  for (const at of ranks) set.forEachIn({ from: at, to: at + 1 }, reply.add);
  return reply.items;
}

/** Members of one sorted set. */
export const zsetCommands: CommandFamily = {
  zscore,
  zmscore,
  zrem,
  zscan,
  zrandmember,
  zrank: (session, args) => rank(session, args, false),
  zrevrank: (session, args) => rank(session, args, true),
  zcard: (session, args) => session.db.read(args[1] as string, 'zset')?.size ?? 0,
};
