import { integer, isOption } from '../../engine/arguments.js';
import { syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { deadlineOf, type ExpireOption, expireOptionOf } from './expire-option.js';
import { textOf } from './text-value.js';

function get(session: Session, args: readonly string[]): Reply {
  return session.db.text(args[1] as string) ?? null;
}

function getdel(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db } = session;
  const text = db.text(key);
  if (text === undefined) return null;
  db.remove(key);
  db.changed(key, 'g', 'del', session);
  return text;
}

function getex(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  let deadline: number | undefined;
  let persist = false;
  let unit: ExpireOption | undefined;
  let time: string | undefined;
  for (let i = 2; i < args.length; i++) {
    const option = expireOptionOf(args[i] as string);
    if (unit === undefined && isOption(args[i], 'PERSIST')) persist = true;
    else if (option !== undefined && !persist && (unit ?? option) === option && i + 1 < args.length) {
      unit = option;
      time = args[++i];
    } else throw syntaxError;
  }
  const isStrict = engine.profile.compatibility === 'valkey-9';
  if (unit !== undefined && isStrict) deadline = deadlineOf(unit, time, engine.now, 'getex');
  const text = db.text(key);
  if (unit !== undefined && !isStrict)
    deadline = text === undefined ? 0 : deadlineOf(unit, time, engine.now, 'getex');
  if (text === undefined) return null;
  const entry = db.entryFor(key, 'string');
  if (entry === undefined) return text;
  if (deadline !== undefined && deadline <= engine.now) {
    db.remove(key);
    db.changed(key, 'g', 'del', session);
  } else if (deadline !== undefined) {
    db.setExpiry(key, entry, deadline);
    db.changed(key, 'g', 'expire', session);
  } else if (persist && entry.expiresAt !== undefined) {
    db.clearExpiry(key, entry);
    db.changed(key, 'g', 'persist', session);
  }
  return text;
}

function mget(session: Session, args: readonly string[]): Reply {
  const values: Reply[] = [];
  for (let i = 1; i < args.length; i++) {
    const entry = session.db.lookup(args[i] as string);
    values.push(entry?.kind === 'string' ? textOf(entry) : null);
  }
  return values;
}

function strlen(session: Session, args: readonly string[]): Reply {
  return session.db.read(args[1] as string, 'string')?.length ?? 0;
}

function getrange(session: Session, args: readonly string[]): Reply {
  let start = integer(args[2] as string);
  let end = integer(args[3] as string);
  const text = session.db.text(args[1] as string) ?? '';
  if (start < 0 && end < 0 && start > end) return '';
  if (start < 0) start = Math.max(0, text.length + start);
  if (end < 0) end = Math.max(0, text.length + end);
  return text.slice(start, end + 1);
}

/** GET and its kin. */
export const getCommands: CommandFamily = { get, getdel, getex, mget, strlen, getrange, substr: getrange };
