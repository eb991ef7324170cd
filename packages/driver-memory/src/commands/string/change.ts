import { exactInteger, integer } from '../../engine/arguments.js';
import { failure, nanOrInfinity, notFloat, notInteger, overflow } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { addIntegers, type Integer, negateInteger, parseInteger } from '../../structures/numbers/integer.js';
import { addLongDoubles, formatLongDouble, parseLongDouble } from '../../structures/numbers/long-double.js';
import type { CommandFamily } from '../command-family.js';
import { badOffset, bytesForWrite, checkLength, textOf } from './text-value.js';

function incrementBy(session: Session, key: string, by: Integer): Reply {
  const { db } = session;
  const entry = db.entryFor(key, 'string');
  const old = entry === undefined ? 0 : parseInteger(textOf(entry));
  if (old === undefined) throw notInteger;
  const sum = addIntegers(old, by);
  if (sum === undefined) throw overflow;
  if (entry === undefined) db.add(key, 'string', String(sum));
  else {
    entry.value = String(sum);
    entry.grown = false;
  }
  db.changed(key, '$', 'incrby', session);
  return sum;
}

function incr(session: Session, args: readonly string[]): Reply {
  return incrementBy(session, args[1] as string, 1);
}

function decr(session: Session, args: readonly string[]): Reply {
  return incrementBy(session, args[1] as string, -1);
}

function incrby(session: Session, args: readonly string[]): Reply {
  return incrementBy(session, args[1] as string, exactInteger(args[2] as string));
}

function decrby(session: Session, args: readonly string[]): Reply {
  const by = negateInteger(exactInteger(args[2] as string));
  if (by === undefined) throw failure('decrement would overflow');
  return incrementBy(session, args[1] as string, by);
}

function incrbyfloat(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db } = session;
  const entry = db.entryFor(key, 'string');
  const old = parseLongDouble(entry === undefined ? '0' : textOf(entry));
  const by = parseLongDouble(args[2] as string);
  if (old === undefined || by === undefined) throw notFloat;
  const sum = addLongDoubles(old, by);
  if (sum === undefined) throw nanOrInfinity;
  const text = formatLongDouble(sum);
  const changed = entry ?? db.add(key, 'string', text);
  changed.value = text;
  changed.grown = 'embstr';
  db.changed(key, '$', 'incrbyfloat', session);
  return text;
}

function append(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const more = args[2] as string;
  const { db } = session;
  const entry = db.entryFor(key, 'string');
  let length = more.length;
  if (entry === undefined) {
    db.add(key, 'string', more);
  } else {
    length += entry.value.length;
    checkLength(length);
    if (typeof entry.value === 'string') entry.value += more;
    else entry.value.write(entry.value.length, more);
    entry.grown = true;
  }
  db.changed(key, '$', 'append', session);
  return length;
}

function setrange(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const offset = integer(args[2] as string);
  const patch = args[3] as string;
  if (offset < 0) throw badOffset;
  const { db } = session;
  const present = db.entryFor(key, 'string');
  if (patch === '') return present?.value.length ?? 0;
  checkLength(offset + patch.length);
  const bytes = bytesForWrite(session, key);
  bytes.write(offset, patch);
  db.changed(key, '$', 'setrange', session);
  return bytes.length;
}

/** Commands that change a string in place. */
export const changeCommands: CommandFamily = {
  incr,
  decr,
  incrby,
  decrby,
  incrbyfloat,
  append,
  setrange,
};
