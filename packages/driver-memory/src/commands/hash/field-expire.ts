import { isOption } from '../../engine/arguments.js';
import { failure } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { FieldHash } from '../../structures/hash-table/field-hash.js';
import type { CommandFamily } from '../command-family.js';
import { fieldDeadline, fieldsAt } from './field-arguments.js';
import { endFields } from './hash-entry.js';

const severalConditions = failure('Multiple condition flags specified');
const notTogether = failure('NX and XX, GT or LT options at the same time are not compatible');
/** What is told for a field: it is not there, the condition refuses, done, and done at once. */
const absent = -2;
const without = -1;
const unmet = 0;
const given = 1;
const ended = 2;

type Condition = 'NX' | 'XX' | 'GT' | 'LT';

function conditionOf(word: string | undefined): Condition | undefined {
  return (['NX', 'XX', 'GT', 'LT'] as const).find((name) => isOption(word, name));
}

function meets(condition: Condition | undefined, current: number | undefined, deadline: number): boolean {
  switch (condition) {
    case 'NX':
      return current === undefined;
    case 'XX':
      return current !== undefined;
    case 'GT':
      // No deadline counts as the latest of all.
      return current !== undefined && deadline > current;
    case 'LT':
      return current === undefined || deadline < current;
    default:
      return true;
  }
}

function expire(session: Session, args: readonly string[], unit: number, relative: boolean): Reply {
  const { db, engine } = session;
  const key = args[1] as string;
  const isRedis = engine.profile.product === 'redis';
  // Redis looks at the key first, Valkey at the arguments.
  if (isRedis) db.write(key, 'hash');
  const command = (args[0] as string).toLowerCase();
  const deadline = fieldDeadline(session, args[2] as string, { unit, relative, command });
  const condition = conditionOf(args[3]);
  const next = condition === undefined ? 3 : 4;
  if (condition !== undefined && conditionOf(args[next]) !== undefined) {
    if (!isRedis) throw notTogether;
    if (engine.profile.compatibility === '8.6') throw severalConditions;
  }
  const fields = fieldsAt(session, args, next, 'expire');
  const hash = db.write(key, 'hash');
  if (hash === undefined) return fields.map(() => absent);
  if (isRedis) hash.hasHadDeadlines = true;
  const ending: string[] = [];
  let changed = false;
  const outcomes = fields.map((field) => {
    if (!hash.has(field) || ending.includes(field)) return absent;
    if (!meets(condition, hash.deadlineOf(field), deadline)) return unmet;
    if (deadline <= engine.now) {
      ending.push(field);
      return ended;
    }
    hash.setDeadline(field, deadline);
    changed = true;
    return given;
  });
  if (changed) {
    db.noteFields(key, hash);
    db.changed(key, 'h', 'hexpire', session);
  }
  endFields(session, key, hash, ending);
  return outcomes;
}

function persist(session: Session, args: readonly string[]): Reply {
  const { db, engine } = session;
  const key = args[1] as string;
  if (engine.profile.product === 'redis') db.write(key, 'hash');
  const fields = fieldsAt(session, args, 2, 'plain');
  const hash = db.write(key, 'hash');
  if (hash === undefined) return fields.map(() => absent);
  let changed = false;
  const outcomes = fields.map((field) => {
    if (!hash.has(field)) return absent;
    if (!hash.clearDeadline(field)) return without;
    changed = true;
    return given;
  });
  if (changed) db.changed(key, 'h', 'hpersist', session);
  return outcomes;
}

function ask(
  session: Session,
  args: readonly string[],
  told: (deadlineMs: number, now: number) => number,
): Reply {
  const { db, engine } = session;
  const key = args[1] as string;
  const early: FieldHash | undefined = engine.profile.product === 'redis' ? db.read(key, 'hash') : undefined;
  const fields = fieldsAt(session, args, 2, 'plain');
  const hash = early ?? db.read(key, 'hash');
  return fields.map((field) => {
    if (hash?.has(field) !== true) return absent;
    const deadlineMs = hash.deadlineOf(field);
    return deadlineMs === undefined ? without : told(deadlineMs, engine.now);
  });
}

const left = (deadlineMs: number, now: number): number => Math.max(0, deadlineMs - now);
/** Redis rounds up, Valkey as it does for keys. */
const inSeconds = ({ engine }: Session, ms: number): number =>
  Math.floor((ms + (engine.profile.product === 'redis' ? 999 : 500)) / 1000);

/** Deadlines of a hash's fields: given, asked for, taken away. */
export const fieldExpireCommands: CommandFamily = {
  hexpire: (session, args) => expire(session, args, 1000, true),
  hpexpire: (session, args) => expire(session, args, 1, true),
  hexpireat: (session, args) => expire(session, args, 1000, false),
  hpexpireat: (session, args) => expire(session, args, 1, false),
  hpersist: persist,
  httl: (session, args) => ask(session, args, (deadlineMs, now) => inSeconds(session, left(deadlineMs, now))),
  hpttl: (session, args) => ask(session, args, left),
  hexpiretime: (session, args) => ask(session, args, (deadlineMs) => inSeconds(session, deadlineMs)),
  hpexpiretime: (session, args) => ask(session, args, (deadlineMs) => deadlineMs),
};
