import { integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { type RankRange, SortedSet } from '../../structures/sorted-set/sorted-set.js';
import type { CommandFamily } from '../command-family.js';
import { type RangeKind, rangeFinder } from './bounds.js';
import { removeWhenEmpty, ScoredReply, storeZset } from './zset-entry.js';

/** A range of one sorted set, as any command of the ZRANGE family asks for it. */
interface RangeQuery {
  readonly key: string;
  readonly find: (set: SortedSet) => RankRange;
  readonly reverse: boolean;
  readonly kind: RangeKind;
  readonly offset: number;
  readonly count: number;
  readonly withScores: boolean;
}

const limitNeedsKind = failure(
  'syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
);
const scoresNotByLex = failure('syntax error, WITHSCORES not supported in combination with BYLEX');

/** What is fixed by the command's name; undefined: by its options. */
interface RangeForm {
  readonly at: number;
  readonly kind?: RangeKind;
  readonly reverse?: boolean;
  readonly stores?: true;
}

function readQuery(args: readonly string[], form: RangeForm): RangeQuery {
  const { at } = form;
  let kind = form.kind;
  let reverse = form.reverse;
  let limit: readonly [number, number] | undefined;
  let withScores = false;
  for (let i = at + 3; i < args.length; i++) {
    if (!form.stores && isOption(args[i], 'WITHSCORES')) withScores = true;
    else if (isOption(args[i], 'LIMIT') && i + 2 < args.length) {
      limit = [integer(args[i + 1] as string), integer(args[i + 2] as string)];
      i += 2;
    } else if (reverse === undefined && isOption(args[i], 'REV')) reverse = true;
    else if (kind === undefined && isOption(args[i], 'BYLEX')) kind = 'lex';
    else if (kind === undefined && isOption(args[i], 'BYSCORE')) kind = 'score';
    else throw syntaxError;
  }
  kind ??= 'index';
  reverse ??= false;
  // A count of -1 is no limit, which by index is let pass.
  if (kind === 'index' && limit !== undefined) {
    if (limit[1] !== -1) throw limitNeedsKind;
    limit = undefined;
  }
  if (withScores && kind === 'lex') throw scoresNotByLex;
  const [offset, count] = limit ?? [0, -1];
  return {
    key: args[at] as string,
    find: finderOf(args[at + 1] as string, args[at + 2] as string, kind, reverse),
    kind,
    reverse,
    offset,
    count: count < 0 ? Number.POSITIVE_INFINITY : count,
    withScores,
  };
}

function finderOf(
  start: string,
  stop: string,
  kind: RangeKind,
  reverse: boolean,
): (set: SortedSet) => RankRange {
  if (kind === 'index') {
    const [first, last] = [integer(start), integer(stop)];
    return (set) => set.rangeByIndex(first, last, reverse);
  }
  return reverse ? rangeFinder(kind, stop, start) : rangeFinder(kind, start, stop);
}

function visit(session: Session, query: RangeQuery, add: (member: string, score: number) => void): void {
  const set = session.db.read(query.key, 'zset');
  if (set === undefined) return;
  const found = query.find(set);
  if (query.offset >= 0) set.forEachIn(found, add, query);
  else if (countsFromBehind(session, query)) visitFromBehind(set, found, query, add);
}

/** A negative offset finds nothing; Redis 8.0 and Valkey take it from the other end where the set is a skip list. */
function countsFromBehind({ db, engine: { profile } }: Session, { key, kind }: RangeQuery): boolean {
  return (
    kind !== 'index' && profile.isLater && profile.compatibility !== '8.6' && db.peek(key)?.grown === true
  );
}

function visitFromBehind(
  set: SortedSet,
  { from, to }: RankRange,
  { offset, reverse, count }: RangeQuery,
  add: (member: string, score: number) => void,
): void {
  const start = reverse ? from - offset - 1 : to + offset;
  if (start < from || start >= to) return;
  set.forEachIn(reverse ? { from, to: start + 1 } : { from: start, to }, add, { reverse, count });
}

function range(form: RangeForm): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const query = readQuery(args, form);
    const reply = new ScoredReply(session, query.withScores);
    visit(session, query, reply.add);
    return reply.items;
  };
}

function zrangestore(session: Session, args: readonly string[]): Reply {
  const query = readQuery(args, { at: 2, stores: true });
  const result = new SortedSet();
  visit(session, query, (member, score) => void result.set(member, score));
  return storeZset(session, args[1] as string, result, 'zrangestore');
}

function count(kind: 'score' | 'lex'): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const find = rangeFinder(kind, args[2] as string, args[3] as string);
    const set = session.db.read(args[1] as string, 'zset');
    if (set === undefined) return 0;
    const { from, to } = find(set);
    return Math.max(0, to - from);
  };
}

function removeRange(kind: RangeKind, event: string): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const key = args[1] as string;
    const find = finderOf(args[2] as string, args[3] as string, kind, false);
    const set = session.db.write(key, 'zset');
    if (set === undefined) return 0;
    const removed = set.removeRange(find(set)).length;
    if (removed === 0) return 0;
    session.db.changed(key, 'z', event, session);
    removeWhenEmpty(session, key, set);
    return removed;
  };
}

/** Ranges: read, counted, stored, removed. */
export const rangeCommands: CommandFamily = {
  zrange: range({ at: 1 }),
  zrevrange: range({ at: 1, kind: 'index', reverse: true }),
  zrangebyscore: range({ at: 1, kind: 'score', reverse: false }),
  zrevrangebyscore: range({ at: 1, kind: 'score', reverse: true }),
  zrangebylex: range({ at: 1, kind: 'lex', reverse: false }),
  zrevrangebylex: range({ at: 1, kind: 'lex', reverse: true }),
  zrangestore,
  zcount: count('score'),
  zlexcount: count('lex'),
  zremrangebyrank: removeRange('index', 'zremrangebyrank'),
  zremrangebyscore: removeRange('score', 'zremrangebyscore'),
  zremrangebylex: removeRange('lex', 'zremrangebylex'),
};
