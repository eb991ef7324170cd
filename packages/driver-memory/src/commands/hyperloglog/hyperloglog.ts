import { failure, shown, wrongArity, wrongType } from '../../engine/errors.js';
import { CommandError, OK, type Reply, Status } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import {
  estimate,
  mergeRegisters,
  placeOf,
  registerCount,
} from '../../structures/hyperloglog/hyperloglog.js';
import {
  type HyperLogLogText,
  looksLikeHyperLogLog,
  readHyperLogLog,
  writeHyperLogLog,
} from '../../structures/hyperloglog/hyperloglog-text.js';
import type { CommandFamily } from '../command-family.js';
import { textOf } from '../string/text-value.js';

const notOne = new CommandError('WRONGTYPE Key is not a valid HyperLogLog string value.');
const corrupt = new CommandError('INVALIDOBJ Corrupted HLL object detected');

function parse(text: string): HyperLogLogText {
  if (!looksLikeHyperLogLog(text)) throw notOne;
  const read = readHyperLogLog(text);
  if (read === undefined) throw corrupt;
  return read;
}

/** The HyperLogLog of a key; undefined for a key that is not there. */
function find(session: Session, key: string, forWrite: boolean): HyperLogLogText | undefined {
  const { db } = session;
  const entry = forWrite ? db.lookupForWrite(key) : db.lookup(key);
  if (entry === undefined) return undefined;
  if (entry.kind !== 'string') throw wrongType;
  return parse(textOf(entry));
}

/** Stores registers as a string that keeps the key's deadline. */
function store(session: Session, key: string, one: HyperLogLogText): void {
  const sparseBytes = Number(session.engine.config.get('hll-sparse-max-bytes'));
  const text = writeHyperLogLog(one.registers, { ...one, mayBeSparse: one.isSparse, sparseBytes });
  session.db.replace(key, 'string', text, true).grown = true;
}

function pfadd(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const present = find(session, key, true);
  const registers = present?.registers ?? new Uint8Array(registerCount);
  let changed = present === undefined;
  for (let i = 2; i < args.length; i++) {
    const { index, count } = placeOf(args[i] as string);
    if ((registers[index] as number) >= count) continue;
    registers[index] = count;
    changed = true;
  }
  if (!changed) return 0;
  store(session, key, {
    registers,
    isSparse: present?.isSparse !== false,
    estimate: present?.estimate ?? 0,
    isStale: true,
  });
  session.db.changed(key, '$', 'pfadd', session);
  return 1;
}

function pfcount(session: Session, args: readonly string[]): Reply {
  if (args.length === 2) return countOne(session, args[1] as string);
  const registers = new Uint8Array(registerCount);
  for (const key of args.slice(1)) {
    const found = find(session, key, false);
    if (found !== undefined) mergeRegisters(registers, found.registers);
  }
  return estimate(registers);
}

/** The estimate is kept in the string until something is added. */
function countOne(session: Session, key: string): number {
  const found = find(session, key, false);
  if (found === undefined) return 0;
  if (!found.isStale) return found.estimate;
  const count = estimate(found.registers);
  store(session, key, { ...found, estimate: count, isStale: false });
  session.db.touched(key, session);
  return count;
}

function pfmerge(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const registers = new Uint8Array(registerCount);
  let isSparse = true;
  let known = 0;
  for (const source of args.slice(1)) {
    const found = find(session, source, source === key);
    if (found === undefined) continue;
    mergeRegisters(registers, found.registers);
    isSparse &&= found.isSparse;
    if (source === key) known = found.estimate;
  }
  store(session, key, { registers, isSparse, estimate: known, isStale: true });
  session.db.changed(key, '$', 'pfadd', session);
  return OK;
}

function pfdebug(session: Session, args: readonly string[]): Reply {
  const key = args[2] as string;
  if (args.length !== 3) throw wrongArity('pfdebug');
  const found = find(session, key, true);
  if (found === undefined) throw failure('The specified key does not exist');
  switch ((args[1] as string).toLowerCase()) {
    case 'getreg':
      // As on the server, looking at the registers makes them dense.
      if (found.isSparse) store(session, key, { ...found, isSparse: false });
      return [...found.registers];
    case 'encoding':
      return new Status(found.isSparse ? 'sparse' : 'dense');
    case 'todense':
      if (!found.isSparse) return 0;
      store(session, key, { ...found, isSparse: false });
      session.db.touched(key, session);
      return 1;
    default:
      throw failure(`Unknown PFDEBUG subcommand '${shown(args[1] as string)}'`);
  }
}

/** Counting distinct elements in 12 kB. */
export const hyperloglogCommands: CommandFamily = { pfadd, pfcount, pfmerge, pfdebug, pfselftest: () => OK };
