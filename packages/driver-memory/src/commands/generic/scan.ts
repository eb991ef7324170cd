import { integer, isOption } from '../../engine/arguments.js';
import { failure, shown, syntaxError } from '../../engine/errors.js';
import { matchesGlob } from '../../engine/glob.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

const badCursor = failure('invalid cursor');

/** The options of the SCAN family. */
export interface ScanOptions {
  readonly cursor: number;
  readonly count: number;
  readonly pattern: string | undefined;
  readonly type: string | undefined;
}

const largestCursor = 2n ** 64n - 1n;

/** A cursor as C's strtoul reads it: nothing is 0, a negative number counts down from 2^64. */
export function readCursor(argument: string): number {
  const text = shown(argument);
  if (!/^(?:[+-]?\d+)?$/.test(text)) throw badCursor;
  const value = BigInt(text.replace('+', ''));
  if (value > largestCursor || value < -largestCursor) throw badCursor;
  return Number(BigInt.asUintN(64, value));
}

/** Reads a cursor at `at` and the options behind it; TYPE only where keys are scanned. */
export function readScan(args: readonly string[], at: number, withType: boolean): ScanOptions {
  const cursor = readCursor(args[at] as string);
  let count = 10;
  let pattern: string | undefined;
  let type: string | undefined;
  for (let i = at + 1; i < args.length; i += 2) {
    const value = args[i + 1];
    if (value === undefined) throw syntaxError;
    if (isOption(args[i], 'COUNT')) {
      count = integer(value);
      if (count < 1) throw syntaxError;
    } else if (isOption(args[i], 'MATCH')) pattern = value === '*' ? undefined : value;
    else if (withType && isOption(args[i], 'TYPE')) type = value.toLowerCase();
    else throw syntaxError;
  }
  return { cursor, count, pattern, type };
}

/** Whether a key, field or member is wanted. */
export function isScanned(options: ScanOptions, name: string): boolean {
  return options.pattern === undefined || matchesGlob(options.pattern, name);
}

/** Whether a collection has its compact encoding still: then one call of its scan gives all of it, in order. */
export function isCompact(session: Session, key: string): boolean {
  return session.db.peek(key)?.grown === false;
}

function scan(session: Session, args: readonly string[]): Reply {
  const options = readScan(args, 1, true);
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
