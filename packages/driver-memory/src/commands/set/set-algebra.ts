import { integer, isOption, positive } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { KeySet } from '../../structures/hash-table/key-set.js';
import type { CommandFamily } from '../command-family.js';
import { membersOf, storeSet } from './set-entry.js';

function setsOf(session: Session, keys: readonly string[]): (KeySet | undefined)[] {
  return keys.map((key) => session.db.read(key, 'set'));
}

/** Members of all sets, at most `limit` of them (0: all). Walks the smallest set. */
function intersection(sets: readonly (KeySet | undefined)[], limit = 0): string[] {
  const found: string[] = [];
  const present = sets.filter((set) => set !== undefined);
  if (present.length < sets.length) return found;
  const [smallest, ...others] = present.sort((left, right) => left.size - right.size) as [
    KeySet,
    ...KeySet[],
  ];
  for (let index = 0; index < smallest.size; index++) {
    const member = smallest.keyAt(index);
    if (!others.every((set) => set.has(member))) continue;
    found.push(member);
    if (found.length === limit) break;
  }
  return found;
}

function union(sets: readonly (KeySet | undefined)[]): Set<string> {
  const found = new Set<string>();
  for (const set of sets) set?.forEachKey((member) => void found.add(member));
  return found;
}

function difference(sets: readonly (KeySet | undefined)[]): string[] {
  const [first, ...others] = sets;
  return membersOf(first).filter((member) => !others.some((set) => set?.has(member)));
}

const fewKeys = failure('numkeys should be greater than 0');
const tooManyKeys = failure("Number of keys can't be greater than number of args");
const negativeLimit = failure("LIMIT can't be negative");

/** Reads `[LIMIT n]` at `at`, of SINTERCARD and ZINTERCARD; 0: no limit. */
export function readLimit(args: readonly string[], at: number): number {
  let limit = 0;
  for (let i = at; i < args.length; i++) {
    if (!isOption(args[i], 'LIMIT') || i + 1 >= args.length) throw syntaxError;
    limit = positive(args[++i] as string, negativeLimit);
  }
  return limit;
}

function sintercard(session: Session, args: readonly string[]): Reply {
  const numkeys = integer(args[1] as string, fewKeys);
  if (numkeys < 1) throw fewKeys;
  if (numkeys > args.length - 2) throw tooManyKeys;
  const limit = readLimit(args, 2 + numkeys);
  return intersection(setsOf(session, args.slice(2, 2 + numkeys)), limit).length;
}

/** Several sets together. */
export const setAlgebraCommands: CommandFamily = {
  sinter: (session, args) => session.set(intersection(setsOf(session, args.slice(1)))),
  sunion: (session, args) => session.set([...union(setsOf(session, args.slice(1)))]),
  sdiff: (session, args) => session.set(difference(setsOf(session, args.slice(1)))),
  sinterstore: (session, args) =>
    storeSet(session, args[1] as string, intersection(setsOf(session, args.slice(2))), 'sinterstore'),
  sunionstore: (session, args) =>
    storeSet(session, args[1] as string, union(setsOf(session, args.slice(2))), 'sunionstore'),
  sdiffstore: (session, args) =>
    storeSet(session, args[1] as string, difference(setsOf(session, args.slice(2))), 'sdiffstore'),
  sintercard,
};
