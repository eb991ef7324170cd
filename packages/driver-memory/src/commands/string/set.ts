import { isOption } from '../../engine/arguments.js';
import { syntaxError, wrongArity, wrongType } from '../../engine/errors.js';
import { OK, type Reply } from '../../engine/reply.js';
import type { ServerProfile } from '../../engine/server-profile.js';
import type { Session } from '../../engine/session.js';
import type { KeyEntry } from '../../engine/value.js';
import type { CommandFamily } from '../command-family.js';
import { deadlineOf, type ExpireOption, expireOptionOf } from './expire-option.js';
import { textOf } from './text-value.js';

interface SetOptions {
  condition: 'NX' | 'XX' | 'IFEQ' | 'IFNE' | undefined;
  /** What IFEQ and IFNE compare with. */
  comparand: string;
  get: boolean;
  keepExpiry: boolean;
  deadline: number | undefined;
}

function set(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const value = args[2] as string;
  if (args.length === 3) {
    store(session, key, value, undefined, false);
    return OK;
  }
  const options = readOptions(session, args);
  const present = session.db.lookupForWrite(key);
  const compares = options.condition === 'IFEQ' || options.condition === 'IFNE';
  if ((options.get || compares) && present !== undefined && present.kind !== 'string') throw wrongType;
  const old = options.get && present !== undefined ? textOf(present) : null;
  if (!meets(options, present)) return old;
  store(session, key, value, options.deadline, options.keepExpiry);
  return options.get ? old : OK;
}

function meets({ condition, comparand }: SetOptions, present: KeyEntry | undefined): boolean {
  if (condition === undefined) return true;
  if (condition === 'NX') return present === undefined;
  if (condition === 'IFNE') return present === undefined || textOf(present) !== comparand;
  return present !== undefined && (condition === 'XX' || textOf(present) === comparand);
}

/** Which comparing option an argument is, on a server that has it. */
function comparisonOf(arg: string, { product, compatibility }: ServerProfile): 'IFEQ' | 'IFNE' | undefined {
  if (isOption(arg, 'IFEQ')) return product === 'valkey' || compatibility === '8.6' ? 'IFEQ' : undefined;
  return isOption(arg, 'IFNE') && compatibility === '8.6' ? 'IFNE' : undefined;
}

function readOptions({ engine: { now, profile } }: Session, args: readonly string[]): SetOptions {
  const options: SetOptions = {
    ...{ condition: undefined, comparand: '', get: false, keepExpiry: false, deadline: undefined },
  };
  let unit: ExpireOption | undefined;
  let time: string | undefined;
  for (let i = 3; i < args.length; i++) {
    const arg = args[i] as string;
    const expire = expireOptionOf(arg);
    const comparison = comparisonOf(arg, profile);
    if (isOption(arg, 'NX') && (options.condition ?? 'NX') === 'NX') options.condition = 'NX';
    else if (isOption(arg, 'XX') && (options.condition ?? 'XX') === 'XX') options.condition = 'XX';
    else if (comparison !== undefined && options.condition === undefined && i + 1 < args.length) {
      options.condition = comparison;
      options.comparand = args[++i] as string;
    } else if (isOption(arg, 'GET')) options.get = true;
    else if (isOption(arg, 'KEEPTTL') && unit === undefined) options.keepExpiry = true;
    else if (
      expire !== undefined &&
      (unit ?? expire) === expire &&
      !options.keepExpiry &&
      i + 1 < args.length
    ) {
      unit = expire;
      time = args[++i];
    } else throw syntaxError;
  }
  if (unit !== undefined) options.deadline = deadlineOf(unit, time, now, 'set');
  return options;
}

/** Sets a string key and says so. */
export function store(
  session: Session,
  key: string,
  value: string,
  deadline: number | undefined,
  keepExpiry: boolean,
): void {
  const { db } = session;
  // A new deadline overwrites the old one below: removing it first would cost more than the SET.
  const entry = db.replace(key, 'string', value, keepExpiry || deadline !== undefined);
  db.changed(key, '$', 'set', session);
  if (deadline === undefined) return;
  db.setExpiry(key, entry, deadline);
  db.notify('g', 'expire', key);
}

function setnx(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  if (session.db.lookupForWrite(key) !== undefined) return 0;
  store(session, key, args[2] as string, undefined, false);
  return 1;
}

function setex(session: Session, args: readonly string[]): Reply {
  const deadline = deadlineOf('EX', args[2], session.engine.now, 'setex');
  store(session, args[1] as string, args[3] as string, deadline, false);
  return OK;
}

function psetex(session: Session, args: readonly string[]): Reply {
  const deadline = deadlineOf('PX', args[2], session.engine.now, 'psetex');
  store(session, args[1] as string, args[3] as string, deadline, false);
  return OK;
}

function getset(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const old = session.db.text(key) ?? null;
  store(session, key, args[2] as string, undefined, false);
  return old;
}

function mset(session: Session, args: readonly string[]): Reply {
  if (args.length % 2 === 0) throw wrongArity('mset');
  for (let i = 1; i < args.length; i += 2) {
    store(session, args[i] as string, args[i + 1] as string, undefined, false);
  }
  return OK;
}

function msetnx(session: Session, args: readonly string[]): Reply {
  if (args.length % 2 === 0) throw wrongArity('msetnx');
  for (let i = 1; i < args.length; i += 2) {
    if (session.db.lookupForWrite(args[i] as string) !== undefined) return 0;
  }
  mset(session, args);
  return 1;
}

/** SET and its kin. */
export const setCommands: CommandFamily = { set, setnx, setex, psetex, getset, mset, msetnx };
