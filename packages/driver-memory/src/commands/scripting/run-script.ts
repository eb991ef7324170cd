import {
  type HostBigNumber,
  type HostDouble,
  type HostMap,
  type HostReply,
  type HostSet,
  type HostVerbatim,
  type LuaHost,
  ScriptStopped,
} from '@penknife/lua';
import { integer } from '../../engine/arguments.js';
import { failure, notInteger } from '../../engine/errors.js';
import {
  BigNumberReply,
  CommandError,
  DoubleReply,
  MapReply,
  OK,
  type Reply,
  SetReply,
  Status,
  VerbatimReply,
} from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { ScriptHost, stepsPerLook } from './script-host.js';

const tooManyKeys = failure("Number of keys can't be greater than number of args");
const negativeKeys = failure("Number of keys can't be negative");
/** A script or function that may write, called by a command that must not. */
export const mayWrite: CommandError = failure('Can not execute a script with write flag using *_ro command.');

/** The keys and arguments of a call such as EVAL's: `args[2]` says how many are keys. */
export function keysAndArguments(
  args: readonly string[],
  badCount: CommandError = notInteger,
): { readonly keys: readonly string[]; readonly argv: readonly string[] } {
  const count = integer(args[2] as string, badCount);
  if (count > args.length - 3) throw tooManyKeys;
  if (count < 0) throw negativeKeys;
  return { keys: args.slice(3, 3 + count), argv: args.slice(3 + count) };
}

/** What is compiled: a script, or a function of a library. */
export interface Runnable {
  run(
    host: LuaHost,
    keys: readonly string[],
    argv: readonly string[],
    limits: { readonly steps: number },
  ): HostReply;
}

/** Runs a script for a session, in its database and with its rights; the script's reply as a command's. */
export function runScript(
  session: Session,
  script: Runnable,
  readOnly: boolean,
  { keys, argv }: { readonly keys: readonly string[]; readonly argv: readonly string[] },
): Reply {
  const inner = session.engine.scriptSession;
  inner.db = session.db;
  inner.user = session.user;
  inner.asking = session.asking;
  inner.protocol = 2;
  const host = new ScriptHost(inner, readOnly, session.protocol);
  try {
    return reply(script.run(host, keys, argv, { steps: stepsPerLook }));
  } catch (error) {
    if (error instanceof ScriptStopped) return failure(`Error running script: ${error.message}`);
    throw error;
  }
}

function isList(result: HostReply): result is readonly HostReply[] {
  return Array.isArray(result);
}

/** A script's result as a command's reply: statuses and errors become ours. */
function reply(result: HostReply): Reply {
  if (isList(result)) return result.map(reply);
  if (typeof result !== 'object' || result === null) return result;
  if ('err' in result) return result instanceof CommandError ? result : new CommandError(result.err);
  if ('ok' in result) return result.ok === 'OK' ? OK : new Status(result.ok);
  return markedReply(result);
}

/** RESP3's kinds of results. */
function markedReply(result: HostMap | HostSet | HostDouble | HostBigNumber | HostVerbatim): Reply {
  if ('map' in result) return new MapReply(result.map.map(reply));
  if ('set' in result) return new SetReply(result.set.map(reply));
  if ('double' in result) return new DoubleReply(result.double);
  return 'bigNumber' in result
    ? new BigNumberReply(result.bigNumber)
    : new VerbatimReply(result.format, result.text);
}
