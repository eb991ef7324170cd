import { isOption } from '../../engine/arguments.js';
import { failure, shown, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { type ExpireOption, expireOptionOf } from '../string/expire-option.js';
import { fieldDeadline, fieldsAt } from './field-arguments.js';
import { endFields, expectFields, hashForWrite, setField } from './hash-entry.js';

const oneOf = (last: string): string =>
  `Only one of EX, PX, EXAT, PXAT or ${last} arguments can be specified`;
const oneCondition = failure('Only one of FXX or FNX arguments can be specified');

interface FieldOptions {
  unit: ExpireOption | undefined;
  time: string;
  /** PERSIST of HGETEX, KEEPTTL of HSETEX. */
  keyword: boolean;
  fields: 'FNX' | 'FXX' | undefined;
  key: 'NX' | 'XX' | undefined;
  fieldsFrom: number;
}

/** Reads what stands before FIELDS. */
function readOptions(
  session: Session,
  args: readonly string[],
  keyword: 'PERSIST' | 'KEEPTTL',
): FieldOptions {
  const { product, compatibility } = session.engine.profile;
  const isValkey = product === 'valkey';
  const sets = keyword === 'KEEPTTL';
  const found: FieldOptions = {
    ...{ unit: undefined, time: '', keyword: false, fields: undefined, key: undefined },
    fieldsFrom: 2,
  };
  const clash = isValkey ? syntaxError : failure(oneOf(keyword));
  let at = 2;
  for (; at < args.length && !isOption(args[at], 'FIELDS'); at++) {
    const word = args[at] as string;
    const unit = expireOptionOf(word);
    const fields = sets ? (['FNX', 'FXX'] as const).find((name) => isOption(word, name)) : undefined;
    const key = sets && isValkey ? (['NX', 'XX'] as const).find((name) => isOption(word, name)) : undefined;
    if (unit !== undefined && at + 1 < args.length) {
      // Redis 8.0's HGETEX expects FIELDS behind the first option.
      if (compatibility === '8.0' && !sets && (found.unit !== undefined || found.keyword)) break;
      if (found.keyword || (found.unit !== undefined && !(isValkey && found.unit === unit))) throw clash;
      found.unit = unit;
      found.time = args[++at] as string;
      if (isValkey && isOption(found.time, 'FIELDS')) throw syntaxError;
    } else if (isOption(word, keyword)) {
      if (compatibility === '8.0' && !sets && (found.unit !== undefined || found.keyword)) break;
      if (found.unit !== undefined || (found.keyword && !isValkey)) throw clash;
      found.keyword = true;
    } else if (fields !== undefined) {
      if (found.fields !== undefined && !(isValkey && found.fields === fields))
        throw isValkey ? syntaxError : oneCondition;
      found.fields = fields;
    } else if (key !== undefined) {
      if (found.key !== undefined && found.key !== key) throw syntaxError;
      found.key = key;
    } else break;
  }
  found.fieldsFrom = at;
  if (at < args.length && !isOption(args[at], 'FIELDS') && isWordOfOptions(args, at, session)) {
    throw isValkey ? syntaxError : failure(`unknown argument: ${shown(args[at] as string)}`);
  }
  return found;
}

/** Whether what stands in the place of FIELDS is told as an unknown option rather than as a missing list. */
function isWordOfOptions(args: readonly string[], at: number, { engine }: Session): boolean {
  return engine.profile.product === 'valkey' ? at === 2 : isOption(args[0], 'HSETEX');
}

/** The deadline the options give; undefined when they give none. */
function deadlineOf(session: Session, { unit, time }: FieldOptions, command: string): number | undefined {
  if (unit === undefined) return undefined;
  const inSeconds = unit === 'EX' || unit === 'EXAT';
  const relative = unit === 'EX' || unit === 'PX';
  return fieldDeadline(session, time, { unit: inSeconds ? 1000 : 1, relative, command });
}

function hgetdel(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  if (engine.profile.product === 'redis') db.write(key, 'hash');
  const fields = fieldsAt(session, args, 2, 'plain');
  const hash = db.write(key, 'hash');
  if (hash === undefined) return fields.map(() => null);
  let removed = false;
  const values = fields.map((field) => {
    const value = hash.get(field) ?? null;
    if (hash.delete(field)) removed = true;
    return value;
  });
  if (removed) db.changed(key, 'h', 'hdel', session);
  if (hash.size === 0) db.removeEmpty(key);
  return values;
}

function hgetex(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  if (engine.profile.product === 'redis') db.write(key, 'hash');
  const options = readOptions(session, args, 'PERSIST');
  const fields = fieldsAt(session, args, options.fieldsFrom, 'options');
  const hash = db.write(key, 'hash');
  const deadline = deadlineOf(session, options, 'hgetex');
  if (hash === undefined) return fields.map(() => null);
  // Redis makes room for deadlines before it looks whether the fields are there, also to take one away.
  if ((deadline !== undefined || options.keyword) && engine.profile.product === 'redis')
    hash.hasHadDeadlines = true;
  const present = fields.filter((field) => hash.has(field));
  const isOver = deadline !== undefined && deadline <= engine.now;
  const values = fields.map((field, i) =>
    isOver && fields.indexOf(field) < i ? null : (hash.get(field) ?? null),
  );
  if (isOver) {
    endFields(session, key, hash, present);
  } else if (deadline !== undefined && present.length > 0) {
    for (const field of present) hash.setDeadline(field, deadline);
    db.noteFields(key, hash);
    db.changed(key, 'h', 'hexpire', session);
  } else if (options.keyword && present.filter((field) => hash.clearDeadline(field)).length > 0) {
    db.changed(key, 'h', 'hpersist', session);
  }
  return values;
}

function hsetex(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  const isRedis = engine.profile.product === 'redis';
  const options = readOptions(session, args, 'KEEPTTL');
  const early = isRedis ? deadlineOf(session, options, 'hsetex') : undefined;
  const pairs = fieldsAt(session, args, options.fieldsFrom, 'pairs');
  const present = db.write(key, 'hash');
  const deadline = isRedis ? early : deadlineOf(session, options, 'hsetex');
  if (options.key !== undefined && (present !== undefined) !== (options.key === 'XX')) return 0;
  const names = pairs.filter((_pair, i) => i % 2 === 0);
  if (options.fields === 'FNX' && names.some((name) => present?.has(name))) return 0;
  if (options.fields === 'FXX' && names.some((name) => present?.has(name) !== true)) return 0;
  const isOver = deadline !== undefined && deadline <= engine.now;
  const entry = hashForWrite(session, key);
  const hash = entry.value;
  if (isRedis) expectFields(session, entry, names.length);
  names.forEach((name, i) => {
    setField(session, entry, name, pairs[i * 2 + 1] as string);
    if (deadline !== undefined && (isRedis || !isOver)) hash.setDeadline(name, deadline);
    else if (!options.keyword) hash.clearDeadline(name);
  });
  db.changed(key, 'h', 'hset', session);
  if (deadline === undefined) return 1;
  if (!isOver || !isRedis) db.notify('h', 'hexpire', key);
  if (isOver) endFields(session, key, hash, names);
  else db.noteFields(key, hash);
  return 1;
}

/** Fields read or set together with what becomes of them. */
export const fieldValueCommands: CommandFamily = { hgetdel, hgetex, hsetex };
