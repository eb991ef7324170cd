import { exactInteger } from '../../engine/arguments.js';
import {
  failure,
  givenNanOrInfinity,
  nanOrInfinity,
  notFloat,
  overflow,
  wrongArity,
} from '../../engine/errors.js';
import { OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { addIntegers, parseInteger } from '../../structures/numbers/integer.js';
import { addLongDoubles, formatLongDouble, parseLongDouble } from '../../structures/numbers/long-double.js';
import type { CommandFamily } from '../command-family.js';
import { expectFields, hashForWrite, setField } from './hash-entry.js';

const notIntegerField = failure('hash value is not an integer');
const notFloatField = failure('hash value is not a float');

function setFields(session: Session, args: readonly string[], name: string): number {
  if (args.length % 2 !== 0) throw wrongArity(name);
  const key = args[1] as string;
  const entry = hashForWrite(session, key);
  expectFields(session, entry, (args.length - 2) / 2);
  let added = 0;
  for (let i = 2; i < args.length; i += 2) {
    const field = args[i] as string;
    if (setField(session, entry, field, args[i + 1] as string)) added++;
    else entry.value.clearDeadline(field);
  }
  session.db.changed(key, 'h', 'hset', session);
  return added;
}

function hmset(session: Session, args: readonly string[]): Reply {
  setFields(session, args, 'hmset');
  return OK;
}

function hsetnx(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const field = args[2] as string;
  const entry = hashForWrite(session, key);
  if (entry.value.has(field)) return 0;
  setField(session, entry, field, args[3] as string);
  session.db.changed(key, 'h', 'hset', session);
  return 1;
}

function hget(session: Session, args: readonly string[]): Reply {
  return session.db.read(args[1] as string, 'hash')?.get(args[2] as string) ?? null;
}

function hmget(session: Session, args: readonly string[]): Reply {
  const hash = session.db.read(args[1] as string, 'hash');
  const values: Reply[] = [];
  for (let i = 2; i < args.length; i++) values.push(hash?.get(args[i] as string) ?? null);
  return values;
}

function hdel(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db } = session;
  const hash = db.write(key, 'hash');
  if (hash === undefined) return 0;
  let removed = 0;
  for (let i = 2; i < args.length; i++) if (hash.delete(args[i] as string)) removed++;
  if (removed === 0) return 0;
  db.changed(key, 'h', 'hdel', session);
  if (hash.size === 0) db.removeEmpty(key);
  return removed;
}

function hincrby(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const field = args[2] as string;
  const by = exactInteger(args[3] as string);
  const entry = session.db.entryFor(key, 'hash');
  const old = parseInteger(entry?.value.get(field) ?? '0');
  if (old === undefined) throw notIntegerField;
  const sum = addIntegers(old, by);
  if (sum === undefined) throw overflow;
  setField(session, entry ?? hashForWrite(session, key), field, String(sum));
  session.db.changed(key, 'h', 'hincrby', session);
  return sum;
}

function hincrbyfloat(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const field = args[2] as string;
  const by = parseLongDouble(args[3] as string);
  if (by === undefined) throw notFloat;
  if (typeof by === 'string') throw givenNanOrInfinity;
  const entry = session.db.entryFor(key, 'hash');
  const old = parseLongDouble(entry?.value.get(field) ?? '0');
  if (old === undefined) throw notFloatField;
  const sum = addLongDoubles(old, by);
  if (sum === undefined) throw nanOrInfinity;
  const text = formatLongDouble(sum);
  setField(session, entry ?? hashForWrite(session, key), field, text);
  session.db.changed(key, 'h', 'hincrbyfloat', session);
  return text;
}

/** Single fields and counters of hashes. */
export const hashCommands: CommandFamily = {
  hset: (session, args) => setFields(session, args, 'hset'),
  hmset,
  hsetnx,
  hget,
  hmget,
  hdel,
  hincrby,
  hincrbyfloat,
  hexists: (session, args) => (session.db.read(args[1] as string, 'hash')?.has(args[2] as string) ? 1 : 0),
  hlen: (session, args) => session.db.read(args[1] as string, 'hash')?.size ?? 0,
  hstrlen: (session, args) => session.db.read(args[1] as string, 'hash')?.get(args[2] as string)?.length ?? 0,
};
