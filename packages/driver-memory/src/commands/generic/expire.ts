import { exactInteger, isOption } from '../../engine/arguments.js';
import { failure, shown } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { invalidExpire } from '../string/expire-option.js';

const int64Maximum = 2n ** 63n - 1n;
const notTogether = failure('NX and XX, GT or LT options at the same time are not compatible');
const notBoth = failure('GT and LT options at the same time are not compatible');

interface ExpireCondition {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
}

function readCondition(args: readonly string[]): ExpireCondition {
  const condition: ExpireCondition = { nx: false, xx: false, gt: false, lt: false };
  for (let i = 3; i < args.length; i++) {
    if (isOption(args[i], 'NX')) condition.nx = true;
    else if (isOption(args[i], 'XX')) condition.xx = true;
    else if (isOption(args[i], 'GT')) condition.gt = true;
    else if (isOption(args[i], 'LT')) condition.lt = true;
    else throw failure(`Unsupported option ${shown(args[i] as string)}`);
  }
  const { nx, xx, gt, lt } = condition;
  if (nx && (xx || gt || lt)) throw notTogether;
  if (gt && lt) throw notBoth;
  return condition;
}

function isAllowed(
  { nx, xx, gt, lt }: ExpireCondition,
  current: number | undefined,
  deadline: number,
): boolean {
  if (nx && current !== undefined) return false;
  if (xx && current === undefined) return false;
  // No deadline counts as the latest of all.
  if (gt && (current === undefined || deadline <= current)) return false;
  return !(lt && current !== undefined && deadline >= current);
}

function expireGeneric(
  session: Session,
  args: readonly string[],
  unit: number,
  relative: boolean,
  name: string,
): Reply {
  const key = args[1] as string;
  const condition = readCondition(args);
  const value = exactInteger(args[2] as string);
  const { db, engine } = session;
  const exact = BigInt(value) * BigInt(unit) + BigInt(relative ? engine.now : 0);
  if (exact > int64Maximum || exact < -int64Maximum) throw invalidExpire(name);
  const deadline = Number(exact);
  const entry = db.lookupForWrite(key);
  if (entry === undefined || !isAllowed(condition, entry.expiresAt, deadline)) return 0;
  if (deadline <= engine.now) {
    db.remove(key);
    db.changed(key, 'g', 'del', session);
    return 1;
  }
  db.setExpiry(key, entry, deadline);
  db.changed(key, 'g', 'expire', session);
  return 1;
}

function persist(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db } = session;
  const entry = db.lookupForWrite(key);
  if (entry?.expiresAt === undefined) return 0;
  db.clearExpiry(key, entry);
  db.changed(key, 'g', 'persist', session);
  return 1;
}

function timeLeft(session: Session, args: readonly string[], absolute: boolean, inSeconds: boolean): Reply {
  const entry = session.db.peek(args[1] as string);
  if (entry === undefined) return -2;
  if (entry.expiresAt === undefined) return -1;
  const ms = absolute ? entry.expiresAt : Math.max(0, entry.expiresAt - session.engine.now);
  if (inSeconds) return Math.floor((ms + 500) / 1000);
  if (Number.isSafeInteger(ms)) return ms;
  const exact = BigInt(ms);
  return exact > int64Maximum ? int64Maximum : exact;
}

/** Deadlines of keys: set, ask, take away. */
export const expireCommands: CommandFamily = {
  expire: (session, args) => expireGeneric(session, args, 1000, true, 'expire'),
  pexpire: (session, args) => expireGeneric(session, args, 1, true, 'pexpire'),
  expireat: (session, args) => expireGeneric(session, args, 1000, false, 'expireat'),
  pexpireat: (session, args) => expireGeneric(session, args, 1, false, 'pexpireat'),
  persist,
  ttl: (session, args) => timeLeft(session, args, false, true),
  pttl: (session, args) => timeLeft(session, args, false, false),
  expiretime: (session, args) => timeLeft(session, args, true, true),
  pexpiretime: (session, args) => timeLeft(session, args, true, false),
};
