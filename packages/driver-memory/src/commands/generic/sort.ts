import { integer, isOption } from '../../engine/arguments.js';
import { failure, shown, syntaxError, wrongType } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { ServerProfile } from '../../engine/server-profile.js';
import type { Session } from '../../engine/session.js';
import type { FieldHash } from '../../structures/hash-table/field-hash.js';
import type { KeySet } from '../../structures/hash-table/key-set.js';
import { ChunkedList } from '../../structures/list/chunked-list.js';
import { parseScore } from '../../structures/numbers/parse-score.js';
import type { SortedSet } from '../../structures/sorted-set/sorted-set.js';
import { partialSort } from '../../structures/sorting/partial-sort.js';
import type { CommandFamily } from '../command-family.js';
import { textOf } from '../string/text-value.js';

const notNumbers = failure("One or more scores can't be converted into double");

interface SortOptions {
  by: string | undefined;
  readonly get: string[];
  offset: number;
  count: number;
  descending: boolean;
  alphabetic: boolean;
  target: string | undefined;
}

function readOptions(args: readonly string[], readOnly: boolean): SortOptions {
  const options: SortOptions = {
    by: undefined,
    get: [],
    offset: 0,
    count: -1,
    descending: false,
    alphabetic: false,
    target: undefined,
  };
  for (let i = 2; i < args.length; i++) {
    const more = args.length - i - 1;
    if (isOption(args[i], 'ASC')) options.descending = false;
    else if (isOption(args[i], 'DESC')) options.descending = true;
    else if (isOption(args[i], 'ALPHA')) options.alphabetic = true;
    else if (isOption(args[i], 'LIMIT') && more >= 2) {
      options.offset = integer(args[++i] as string);
      options.count = integer(args[++i] as string);
    } else if (!readOnly && isOption(args[i], 'STORE') && more >= 1) options.target = args[++i] as string;
    else if (isOption(args[i], 'BY') && more >= 1) options.by = args[++i] as string;
    else if (isOption(args[i], 'GET') && more >= 1) options.get.push(args[++i] as string);
    else throw syntaxError;
  }
  return options;
}

/** The key that a SORT which was answered has filled; undefined for one that only read. */
export function sortTarget(args: readonly string[]): string | undefined {
  return readOptions(args, false).target;
}

/** Where keys live in slots nobody can tell where those of a pattern are. */
function refusePatterns({ engine }: Session, { by, get }: SortOptions): void {
  if (engine.cluster === undefined) return;
  if (by?.includes('*')) throw failure('BY option of SORT denied in Cluster mode.');
  if (get.length > 0) throw failure('GET option of SORT denied in Cluster mode.');
}

function itemsOf(session: Session, key: string): { items: string[]; kind: string } {
  const entry = session.db.lookup(key);
  const items: string[] = [];
  if (entry === undefined) return { items, kind: 'none' };
  const { kind, value } = entry;
  if (kind === 'list')
    return { items: (value as ChunkedList).range(0, (value as ChunkedList).size - 1), kind };
  if (kind === 'set') (value as KeySet).forEachKey((member) => void items.push(member));
  else if (kind === 'zset') {
    (value as SortedSet).forEach((member) => void items.push(member));
    // Sorting is one of the things that end the compact encoding.
    entry.grown = true;
  } else throw wrongType;
  return { items, kind };
}

/** What a pattern of BY or GET names for an item: a string key, or a field of a hash (`key->field`). */
function lookup(session: Session, pattern: string, item: string): string | undefined {
  if (pattern === '#') return item;
  const star = pattern.indexOf('*');
  if (star < 0) return undefined;
  const arrow = pattern.indexOf('->', star);
  const hasField = arrow >= 0 && arrow + 2 < pattern.length;
  const keyPattern = hasField ? pattern.slice(0, arrow) : pattern;
  const key = keyPattern.slice(0, star) + item + keyPattern.slice(star + 1);
  const entry = session.db.lookup(key);
  if (entry === undefined) return undefined;
  if (hasField) {
    return entry.kind === 'hash' ? (entry.value as FieldHash).get(pattern.slice(arrow + 2)) : undefined;
  }
  return entry.kind === 'string' ? textOf(entry) : undefined;
}

/** A weight as C's strtod reads it: a zero byte ends it, nothing is 0 (no number since Valkey 9), blanks before it are skipped. */
function numberOf(text: string, { compatibility }: ServerProfile): number | undefined {
  const read = shown(text);
  if (read === '') return compatibility === 'valkey-9' ? undefined : 0;
  return parseScore(read.replace(/^[ \t-\r]+/, ''));
}

function sortItems(session: Session, items: string[], options: SortOptions): string[] {
  const { by, alphabetic, descending, target } = options;
  // Compared as C's strcoll does, up to a zero byte; what is stored is compared whole.
  const collated = (text: string | undefined): string | undefined =>
    target === undefined && text !== undefined ? shown(text) : text;
  const weighed = items.map((item) => {
    const text = by === undefined ? item : lookup(session, by, item);
    if (alphabetic) return { item, weight: collated(text) };
    const weight = text === undefined ? 0 : numberOf(text, session.engine.profile);
    if (weight === undefined) throw notNumbers;
    return { item, weight };
  });
  const compare = (left: string | number | undefined, right: string | number | undefined): number => {
    if (left === right) return 0;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    return left < right ? -1 : 1;
  };
  // Equal weights go by the items themselves, so that the order is always the same; by a pattern and
  // alphabetically equal ones stay as they were, or come out as they may where only some are asked for.
  const inOrder = (left: (typeof weighed)[number], right: (typeof weighed)[number]): number => {
    const order = compare(left.weight, right.weight);
    const settled = order !== 0 || alphabetic ? order : compare(left.item, right.item);
    return descending ? -settled : settled;
  };
  const { from, end } = rangeOf(options, items.length);
  if (by !== undefined && end - from < items.length) partialSort(weighed, from, end - 1, inOrder);
  else weighed.sort(inOrder);
  return weighed.map(({ item }) => item);
}

/** Which of `size` items LIMIT asks for: from one index up to before another. */
function rangeOf({ offset, count }: SortOptions, size: number): { from: number; end: number } {
  const from = Math.min(Math.max(0, offset), size);
  return { from, end: count < 0 ? size : Math.min(from + count, size) };
}

function sort(session: Session, args: readonly string[], readOnly: boolean): Reply {
  const options = readOptions(args, readOnly);
  refusePatterns(session, options);
  const { db } = session;
  const { items, kind } = itemsOf(session, args[1] as string);
  const unsorted = options.by !== undefined && !options.by.includes('*');
  // The members of a set have no order of their own that could be stored: they are sorted all the same.
  const keepsOrder = unsorted && !(kind === 'set' && options.target !== undefined);
  if (unsorted && !keepsOrder) Object.assign(options, { by: undefined, alphabetic: true });
  let sorted = items;
  if (!keepsOrder) sorted = sortItems(session, items, options);
  else if (kind !== 'set' && options.descending) sorted = items.reverse();
  const { from, end } = rangeOf(options, sorted.length);
  const cut = sorted.slice(from, end);
  const found: (string | null)[] =
    options.get.length === 0
      ? cut
      : cut.flatMap((item) => options.get.map((pattern) => lookup(session, pattern, item) ?? null));
  const { target } = options;
  if (target === undefined) return found;
  if (found.length === 0) {
    if (db.peek(target) !== undefined && db.remove(target)) db.changed(target, 'g', 'del', session);
    return 0;
  }
  const list = new ChunkedList();
  for (const item of found) list.pushTail(item ?? '');
  db.replace(target, 'list', list);
  db.changed(target, 'l', 'sortstore', session);
  return found.length;
}

/** SORT and SORT_RO. */
export const sortCommands: CommandFamily = {
  sort: (session, args) => sort(session, args, false),
  sort_ro: (session, args) => sort(session, args, true),
};
