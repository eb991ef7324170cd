import { integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { deadlineOf, type ExpireOption, expireOptionOf } from './expire-option.js';
import { store } from './set.js';

const badCountOfRedis = failure('invalid numkeys value');
const badCountOfValkey = failure('invalid numkeys value or out of range');
const tooFewPairs = failure('wrong number of key-value pairs');
const mostKeys = 2 ** 31 - 1;

interface ManyOptions {
  readonly condition: 'NX' | 'XX' | undefined;
  readonly deadline: number | undefined;
  readonly keepExpiry: boolean;
}

function readOptions({ engine }: Session, args: readonly string[], from: number): ManyOptions {
  let condition: 'NX' | 'XX' | undefined;
  let unit: ExpireOption | undefined;
  let time: string | undefined;
  let keepExpiry = false;
  for (let i = from; i < args.length; i++) {
    const expire = expireOptionOf(args[i] as string);
    const named = (['NX', 'XX'] as const).find((name) => isOption(args[i], name));
    if (named !== undefined && (condition ?? named) === named) condition = named;
    else if (isOption(args[i], 'KEEPTTL') && unit === undefined) keepExpiry = true;
    else if (expire !== undefined && (unit ?? expire) === expire && !keepExpiry && i + 1 < args.length) {
      unit = expire;
      time = args[++i];
    } else throw syntaxError;
  }
  const deadline = unit === undefined ? undefined : deadlineOf(unit, time, engine.now, 'msetex');
  return { condition, deadline, keepExpiry };
}

/** MSETEX (Redis 8.4, Valkey 9): all keys or, where the condition is not met by every one, none. */
function msetex(session: Session, args: readonly string[]): Reply {
  const isRedis = session.engine.profile.product === 'redis';
  const badCount = isRedis ? badCountOfRedis : badCountOfValkey;
  const count = integer(args[1] as string, badCount);
  if (count < 1 || count > mostKeys) throw badCount;
  const end = 2 + count * 2;
  if (end > args.length) throw isRedis ? tooFewPairs : syntaxError;
  const { condition, deadline, keepExpiry } = readOptions(session, args, end);
  for (let i = 2; i < end && condition !== undefined; i += 2) {
    const isThere = session.db.lookupForWrite(args[i] as string) !== undefined;
    if (isThere !== (condition === 'XX')) return 0;
  }
  for (let i = 2; i < end; i += 2) {
    store(session, args[i] as string, args[i + 1] as string, deadline, keepExpiry);
  }
  return 1;
}

/** Several strings set with one time to live. */
export const setManyCommands: CommandFamily = { msetex };
