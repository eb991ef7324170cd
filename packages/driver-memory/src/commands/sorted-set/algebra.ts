import { float, integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError, wrongType } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { KeySet } from '../../structures/hash-table/key-set.js';
import { SortedSet } from '../../structures/sorted-set/sorted-set.js';
import type { CommandFamily } from '../command-family.js';
import { readLimit } from '../set/set-algebra.js';
import { ScoredReply, storeZset } from './zset-entry.js';

type Scores = Map<string, number>;
type Operation = 'union' | 'inter' | 'diff';
type Aggregate = (left: number, right: number) => number;

interface AlgebraQuery {
  readonly inputs: readonly Scores[];
  readonly weights: readonly number[];
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
}

const badWeight = failure('weight value is not a float');

const aggregates: ReadonlyMap<string, Aggregate> = new Map<string, Aggregate>([
  ['SUM', (left, right) => numberOrZero(left + right)],
  ['MIN', lesser],
  ['MAX', greater],
]);

/** The first of two equal ones, where Math.min would prefer -0 to 0. */
function lesser(left: number, right: number): number {
  if (right < left) return right;
  return left;
}

function greater(left: number, right: number): number {
  if (right > left) return right;
  return left;
}

/** Infinities of opposite sign add up to 0, as zero times infinity is 0. */
function numberOrZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

/** The sets named by `numkeys key …` at `at`. They are looked at before the options behind them. */
function readInputs(session: Session, args: readonly string[], at: number, name: string): readonly Scores[] {
  const numkeys = integer(args[at] as string);
  if (numkeys < 1) throw failure(`at least 1 input key is needed for '${name}' command`);
  if (numkeys > args.length - at - 1) throw syntaxError;
  return args.slice(at + 1, at + 1 + numkeys).map((key) => scoresOf(session, key));
}

function readQuery(
  session: Session,
  args: readonly string[],
  at: number,
  name: string,
  operation: Operation,
  stores: boolean,
): AlgebraQuery {
  const inputs = readInputs(session, args, at, name);
  const numkeys = inputs.length;
  let weights: readonly number[] = inputs.map(() => 1);
  let aggregate = aggregates.get('SUM') as Aggregate;
  let withScores = false;
  for (let i = at + 1 + numkeys; i < args.length; i++) {
    if (operation !== 'diff' && isOption(args[i], 'WEIGHTS') && i + numkeys < args.length) {
      weights = args.slice(i + 1, i + 1 + numkeys).map((text) => float(text, badWeight));
      i += numkeys;
    } else if (operation !== 'diff' && isOption(args[i], 'AGGREGATE') && i + 1 < args.length) {
      const found = aggregates.get((args[++i] as string).toUpperCase());
      if (found === undefined) throw syntaxError;
      aggregate = found;
    } else if (!stores && isOption(args[i], 'WITHSCORES')) withScores = true;
    else throw syntaxError;
  }
  return { inputs, weights, aggregate, withScores };
}

/** The scores of a sorted set, or of a set, whose members all count 1. */
function scoresOf(session: Session, key: string): Scores {
  const scores: Scores = new Map();
  const entry = session.db.lookup(key);
  if (entry === undefined) return scores;
  if (entry.kind === 'zset')
    (entry.value as SortedSet).forEach((member, score) => void scores.set(member, score));
  else if (entry.kind === 'set') (entry.value as KeySet).forEachKey((member) => void scores.set(member, 1));
  else throw wrongType;
  return scores;
}

function combine(operation: Operation, query: AlgebraQuery): SortedSet {
  const { inputs } = query;
  const result = new SortedSet();
  if (operation === 'diff') {
    const [first, ...others] = inputs as [Scores, ...Scores[]];
    for (const [member, score] of first)
      if (!others.some((other) => other.has(member))) result.set(member, score);
    return result;
  }
  // Small sets first, as Redis does: the order of additions shows in the last digit.
  const weighted = inputs
    .map((scores, i) => ({ scores, weight: query.weights[i] as number }))
    .sort((left, right) => left.scores.size - right.scores.size);
  const members =
    operation === 'union'
      ? new Set(inputs.flatMap((scores) => [...scores.keys()]))
      : [...(inputs[0] as Scores).keys()].filter((member) => inputs.every((scores) => scores.has(member)));
  for (const member of members) {
    let total: number | undefined;
    for (const { scores, weight } of weighted) {
      const score = scores.get(member);
      if (score === undefined) continue;
      const weighed = score * weight;
      // An intersection corrects only what it begins with, and what it adds up.
      const value = total === undefined || operation === 'union' ? numberOrZero(weighed) : weighed;
      total = total === undefined ? value : query.aggregate(total, value);
    }
    result.set(member, total as number);
  }
  return result;
}

function read(operation: Operation, name: string): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const query = readQuery(session, args, 1, name, operation, false);
    const reply = new ScoredReply(session, query.withScores);
    combine(operation, query).forEach(reply.add);
    return reply.items;
  };
}

function store(operation: Operation, name: string): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const query = readQuery(session, args, 2, name, operation, true);
    return storeZset(session, args[1] as string, combine(operation, query), name);
  };
}

function zintercard(session: Session, args: readonly string[]): Reply {
  const inputs = readInputs(session, args, 1, 'zintercard');
  const limit = readLimit(args, 2 + inputs.length);
  const [first, ...others] = inputs as [Scores, ...Scores[]];
  let found = 0;
  for (const member of first.keys()) {
    if (!others.every((other) => other.has(member))) continue;
    found++;
    if (found === limit) break;
  }
  return found;
}

/** Several sorted sets, or sets, together. */
export const zsetAlgebraCommands: CommandFamily = {
  zunion: read('union', 'zunion'),
  zinter: read('inter', 'zinter'),
  zdiff: read('diff', 'zdiff'),
  zunionstore: store('union', 'zunionstore'),
  zinterstore: store('inter', 'zinterstore'),
  zdiffstore: store('diff', 'zdiffstore'),
  zintercard,
};
