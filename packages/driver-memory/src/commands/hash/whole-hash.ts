import { isOption, sampleCount } from '../../engine/arguments.js';
import { outOfRange, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import { distinctIndexes, repeatedIndexes } from '../../engine/sampling.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { isCompact, isScanned, readCursor, readScan } from '../generic/scan.js';

function hgetall(session: Session, args: readonly string[]): Reply {
  const flat: string[] = [];
  session.db.read(args[1] as string, 'hash')?.forEach((value, field) => void flat.push(field, value));
  return session.map(flat);
}

function hkeys(session: Session, args: readonly string[]): Reply {
  const fields: string[] = [];
  session.db.read(args[1] as string, 'hash')?.forEachKey((field) => void fields.push(field));
  return fields;
}

function hvals(session: Session, args: readonly string[]): Reply {
  const values: string[] = [];
  session.db.read(args[1] as string, 'hash')?.forEach((value) => void values.push(value));
  return values;
}

function hscan(session: Session, args: readonly string[]): Reply {
  readCursor(args[2] as string, session.engine.profile);
  const hash = session.db.read(args[1] as string, 'hash');
  const found: string[] = [];
  if (hash === undefined) return ['0', found];
  const options = readScan(session, args, 2, false, session.engine.profile.isLater ? 'NOVALUES' : undefined);
  const visit = (field: string, index: number): void => {
    if (!isScanned(options, field)) return;
    found.push(field);
    if (!options.namesOnly) found.push(hash.valueAt(index));
  };
  if (isCompact(session, args[1] as string)) {
    hash.forEachKey(visit);
    return ['0', found];
  }
  return [String(hash.scan(options.cursor, options.count, visit)), found];
}

const largestCount = 2 ** 62;

function hrandfield(session: Session, args: readonly string[]): Reply {
  const { engine } = session;
  if (args.length === 2) {
    const hash = session.db.read(args[1] as string, 'hash');
    return hash === undefined ? null : hash.keyAt(engine.pick(hash.size));
  }
  const count = sampleCount(args[2] as string);
  const withValues = args.length > 3;
  if (args.length > 4 || (withValues && !isOption(args[3], 'WITHVALUES'))) throw syntaxError;
  if (withValues && Math.abs(count) > largestCount) throw outOfRange;
  const hash = session.db.read(args[1] as string, 'hash');
  if (hash === undefined || count === 0) return [];
  const indexes =
    count < 0 ? repeatedIndexes(engine, hash.size, -count) : distinctIndexes(engine, hash.size, count);
  if (!withValues) return indexes.map((index) => hash.keyAt(index));
  const pairs = indexes.map((index) => [hash.keyAt(index), hash.valueAt(index)]);
  return session.protocol === 3 ? pairs : pairs.flat();
}

/** Hashes as a whole, and samples of them. */
export const wholeHashCommands: CommandFamily = { hgetall, hkeys, hvals, hscan, hrandfield };
