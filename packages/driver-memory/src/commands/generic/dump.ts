import { integer, isOption } from '../../engine/arguments.js';
import { dumpValue, type LoadedValue, opened, readValue } from '../../engine/dump-value.js';
import { failure, syntaxError } from '../../engine/errors.js';
import { hasGrown } from '../../engine/has-grown.js';
import { CommandError, OK, type Reply } from '../../engine/reply.js';
import type { ServerProfile } from '../../engine/server-profile.js';
import type { Session } from '../../engine/session.js';
import { CorruptPayloadError } from '../../structures/dump/byte-reader.js';
import type { SortedSet } from '../../structures/sorted-set/sorted-set.js';
import type { CommandFamily } from '../command-family.js';
import { dropNegativeZeros } from '../sorted-set/zset-entry.js';

const busy = new CommandError('BUSYKEY Target key name already exists.');
const badTtl = failure('Invalid TTL value, must be >= 0');
const badIdleTime = failure('Invalid IDLETIME value, must be >= 0');
const badFrequency = failure('Invalid FREQ value, must be >= 0 and <= 255');
/** A payload of another version, or one that was changed on the way. */
export const badPayload: CommandError = failure('DUMP payload version or checksum are wrong');
const badFormat = failure('Bad data format');

interface RestoreOptions {
  replace: boolean;
  absolute: boolean;
  idleSeconds: number | undefined;
}

function readOptions(args: readonly string[]): RestoreOptions {
  const options: RestoreOptions = { replace: false, absolute: false, idleSeconds: undefined };
  let hasFrequency = false;
  for (let i = 4; i < args.length; i++) {
    const value = args[i + 1];
    if (isOption(args[i], 'REPLACE')) options.replace = true;
    else if (isOption(args[i], 'ABSTTL')) options.absolute = true;
    else if (isOption(args[i], 'IDLETIME') && value !== undefined && !hasFrequency) {
      options.idleSeconds = integer(value);
      if (options.idleSeconds < 0) throw badIdleTime;
      i++;
    } else if (isOption(args[i], 'FREQ') && value !== undefined && options.idleSeconds === undefined) {
      const frequency = integer(value);
      if (frequency < 0 || frequency > 255) throw badFrequency;
      hasFrequency = true;
      i++;
    } else throw syntaxError;
  }
  return options;
}

function load(payload: string, { dumpVersion }: ServerProfile): LoadedValue {
  const reader = opened(payload, dumpVersion);
  if (reader === undefined) throw badPayload;
  try {
    return readValue(reader);
  } catch (error) {
    if (error instanceof CorruptPayloadError || error instanceof RangeError) throw badFormat;
    throw error;
  }
}

function restore(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  const { replace, absolute, idleSeconds } = readOptions(args);
  if (!replace && db.lookupForWrite(key) !== undefined) throw busy;
  const ttl = integer(args[2] as string);
  if (ttl < 0) throw badTtl;
  const { kind, value } = load(args[3] as string, engine.profile);
  const removed = replace && db.peek(key) !== undefined && db.remove(key);
  const deadline = ttl === 0 ? undefined : absolute ? ttl : ttl + engine.now;
  if (deadline !== undefined && deadline < engine.now) {
    if (removed) db.changed(key, 'g', 'del', session);
    return OK;
  }
  const entry = db.add(key, kind, value as never);
  entry.grown = hasGrown(kind, value, engine.config);
  if (kind === 'zset' && !entry.grown) dropNegativeZeros(value as SortedSet);
  if (deadline !== undefined) db.setExpiry(key, entry, deadline);
  if (idleSeconds !== undefined) entry.accessedAt = engine.seconds - idleSeconds;
  db.changed(key, 'g', 'restore', session);
  return OK;
}

/** Keys as bytes, in the format of a real Redis. */
export const dumpCommands: CommandFamily = {
  dump(session, args) {
    const entry = session.db.lookup(args[1] as string);
    return entry === undefined ? null : dumpValue(entry, session.engine.profile.product);
  },
  restore,
  'restore-asking': restore,
};
