import { integer, isOption } from '../../engine/arguments.js';
import { failure, shown, syntaxError } from '../../engine/errors.js';
import { matchesGlob } from '../../engine/glob.js';
import type { Reply } from '../../engine/reply.js';
import type { ServerProfile } from '../../engine/server-profile.js';
import type { Session } from '../../engine/session.js';
import { parseInteger } from '../../structures/numbers/integer.js';
import type { CommandFamily } from '../command-family.js';

const badCursor = failure('invalid cursor');

/** The options of the SCAN family. */
export interface ScanOptions {
  readonly cursor: number;
  readonly count: number;
  readonly pattern: string | undefined;
  readonly type: string | undefined;
  /** NOVALUES and NOSCORES: names alone. */
  readonly namesOnly: boolean;
}

const largestCursor = 2n ** 64n - 1n;

/** A cursor as C's strtoul reads it: nothing is 0 (not since Redis 7.2), a negative number counts down from 2^64. */
export function readCursor(argument: string, { isLater }: ServerProfile): number {
  const text = shown(argument);
  const form = isLater ? /^[ \t-\r]*[+-]?\d+$/ : /^(?:[+-]?\d+)?$/;
  // Later servers read plain numbers by themselves first, and those must not be negative.
  if (!form.test(text) || (isLater && (parseInteger(text) ?? 0) < 0)) throw badCursor;
  const value = BigInt(text.trim().replace('+', ''));
  if (value > largestCursor || value < -largestCursor) throw badCursor;
  return Number(BigInt.asUintN(64, value));
}

const types: ReadonlySet<string> = new Set(['string', 'list', 'set', 'zset', 'hash', 'stream']);

/** Reads a cursor at `at` and the options behind it; TYPE only where keys are scanned. */
export function readScan(
  { engine }: Session,
  args: readonly string[],
  at: number,
  withType: boolean,
  namesOnlyWord?: 'NOVALUES' | 'NOSCORES',
): ScanOptions {
  const cursor = readCursor(args[at] as string, engine.profile);
  let count = 10;
  let pattern: string | undefined;
  let type: string | undefined;
  let namesOnly = false;
  for (let i = at + 1; i < args.length; i += 2) {
    if (namesOnlyWord !== undefined && isOption(args[i], namesOnlyWord)) {
      namesOnly = true;
      i--;
      continue;
    }
    const value = args[i + 1];
    if (value === undefined) throw syntaxError;
    if (isOption(args[i], 'COUNT')) {
      count = integer(value);
      if (count < 1) throw syntaxError;
    } else if (isOption(args[i], 'MATCH')) pattern = value === '*' ? undefined : value;
    else if (withType && isOption(args[i], 'TYPE')) {
      type = value.toLowerCase();
      if (engine.profile.product === 'valkey' && !types.has(type))
        throw failure(`unknown type name '${shown(value)}'`);
    } else throw syntaxError;
  }
  return { cursor, count, pattern, type, namesOnly };
}

/** Whether a key, field or member is wanted. */
export function isScanned(options: ScanOptions, name: string): boolean {
  return options.pattern === undefined || matchesGlob(options.pattern, name);
}

/** Whether a collection has its compact encoding still: then one call of its scan gives all of it, in order. */
export function isCompact(session: Session, key: string): boolean {
  const grown = session.db.peek(key)?.grown;
  return grown === false || grown === 'listpack';
}

function scan(session: Session, args: readonly string[]): Reply {
  const options = readScan(session, args, 1, true);
  const { db } = session;
  const visited: string[] = [];
  const next = db.entries.scan(options.cursor, options.count, (key) => {
    if (isScanned(options, key)) visited.push(key);
  });
  const found = visited.filter((key) => {
    const entry = db.peek(key);
    return entry !== undefined && (options.type === undefined || entry.kind === options.type);
  });
  return [String(next), found];
}

/** SCAN. */
export const scanCommands: CommandFamily = { scan };
