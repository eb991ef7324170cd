import { float, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { expectMembers, noteGrowth, type ZsetEntry, zsetForWrite } from './zset-entry.js';

interface AddOptions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
  changes: boolean;
  increment: boolean;
}

const noOptions: Readonly<AddOptions> = {
  nx: false,
  xx: false,
  gt: false,
  lt: false,
  changes: false,
  increment: false,
};
const notTogether = failure('XX and NX options at the same time are not compatible');
const notTogetherEither = failure('GT, LT, and/or NX options at the same time are not compatible');
const onePairOnly = failure('INCR option supports a single increment-element pair');
const notANumber = failure('resulting score is not a number (NaN)');

function readOptions(args: readonly string[]): { options: Readonly<AddOptions>; at: number } {
  if (startsAsNumber(args[2])) {
    if (args.length % 2 !== 0) throw syntaxError;
    return { options: noOptions, at: 2 };
  }
  const options = { ...noOptions };
  let at = 2;
  for (; at < args.length; at++) {
    if (isOption(args[at], 'NX')) options.nx = true;
    else if (isOption(args[at], 'XX')) options.xx = true;
    else if (isOption(args[at], 'CH')) options.changes = true;
    else if (isOption(args[at], 'INCR')) options.increment = true;
    else if (isOption(args[at], 'GT')) options.gt = true;
    else if (isOption(args[at], 'LT')) options.lt = true;
    else break;
  }
  const left = args.length - at;
  if (left === 0 || left % 2 !== 0) throw syntaxError;
  if (options.nx && options.xx) throw notTogether;
  if ((options.gt && options.nx) || (options.lt && options.nx) || (options.gt && options.lt))
    throw notTogetherEither;
  if (options.increment && left > 2) throw onePairOnly;
  return { options, at };
}

/** No option begins below the letters; most scores do. */
function startsAsNumber(arg: string | undefined): boolean {
  return arg !== undefined && arg.charCodeAt(0) < 65;
}

type Outcome = 'added' | 'changed' | 'same' | 'refused';

/** Sets or increases one score by the options; the new score, or that it was refused. */
function addOne(
  session: Session,
  entry: ZsetEntry,
  member: string,
  amount: number,
  options: Readonly<AddOptions>,
): { outcome: Outcome; score: number } {
  const set = entry.value;
  const old = set.score(member);
  if (old === undefined && !options.xx) noteGrowth(session, entry, member, set.size + 1);
  // The compact encoding keeps whole numbers as integers, which have no negative zero.
  const given = entry.grown ? amount : amount + 0;
  if (old === undefined) {
    if (options.xx) return { outcome: 'refused', score: given };
    return { outcome: set.set(member, given), score: amount };
  }
  if (options.nx) return { outcome: 'refused', score: old };
  const score = options.increment ? old + given : given;
  if (Number.isNaN(score)) throw notANumber;
  if ((options.lt && score >= old) || (options.gt && score <= old)) return { outcome: 'refused', score: old };
  return { outcome: set.set(member, score), score };
}

function addAll(session: Session, args: readonly string[], options: Readonly<AddOptions>, at: number): Reply {
  const key = args[1] as string;
  const { db } = session;
  const scores: number[] = [];
  const members: string[] = [];
  for (let i = at; i < args.length; i += 2) {
    scores.push(float(args[i] as string));
    members.push(args[i + 1] as string);
  }
  const present = db.entryFor(key, 'zset');
  if (present === undefined && options.xx) return options.increment ? null : 0;
  const entry = present ?? zsetForWrite(session, key);
  expectMembers(session, entry, members);
  let added = 0;
  let changed = 0;
  let result: Reply = null;
  try {
    for (let i = 0; i < scores.length; i++) {
      const { outcome, score } = addOne(session, entry, members[i] as string, scores[i] as number, options);
      if (outcome === 'added') added++;
      else if (outcome === 'changed') changed++;
      if (options.increment && outcome !== 'refused') result = session.double(score);
    }
  } finally {
    if (added + changed > 0) db.changed(key, 'z', options.increment ? 'zincr' : 'zadd', session);
  }
  if (options.increment) return result;
  return options.changes ? added + changed : added;
}

/** ZADD. */
export function zadd(session: Session, args: readonly string[]): Reply {
  const { options, at } = readOptions(args);
  return addAll(session, args, options, at);
}

function zincrby(session: Session, args: readonly string[]): Reply {
  const { options, at } = readOptions(args);
  return addAll(session, args, { ...options, increment: true }, at);
}

/** ZADD and ZINCRBY. */
export const addCommands: CommandFamily = { zadd, zincrby };
