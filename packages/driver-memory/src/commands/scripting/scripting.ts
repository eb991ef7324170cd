import { type CompiledScript, LuaShebangError, LuaSyntaxError, ScriptStopped } from '@penknife/lua';
import { integer, isOption } from '../../engine/arguments.js';
import { failure } from '../../engine/errors.js';
import { CommandError, OK, type Reply, Status } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { ScriptHost, stepsPerLook } from './script-host.js';

const noScript = new CommandError('NOSCRIPT No matching script. Please use EVAL.');
const tooManyKeys = failure("Number of keys can't be greater than number of args");
const negativeKeys = failure("Number of keys can't be negative");
const badFlush = failure('SCRIPT FLUSH only support SYNC|ASYNC option');
const notBusy = new CommandError('NOTBUSY No scripts in execution right now.');
const hashLength = 40;

function compile(session: Session, text: string): CompiledScript {
  try {
    return session.engine.scripts.load(text);
  } catch (error) {
    if (error instanceof LuaSyntaxError) {
      throw failure(`Error compiling script (new function): ${error.message}`);
    }
    if (error instanceof LuaShebangError) throw failure(error.message);
    throw error;
  }
}

function find(session: Session, hash: string): CompiledScript {
  const script = hash.length === hashLength ? session.engine.scripts.find(hash) : undefined;
  if (script === undefined) throw noScript;
  return script;
}

function run(
  session: Session,
  args: readonly string[],
  readOnly: boolean,
  scriptOf: (session: Session, text: string) => CompiledScript,
): Reply {
  const count = integer(args[2] as string);
  if (count > args.length - 3) throw tooManyKeys;
  if (count < 0) throw negativeKeys;
  const script = scriptOf(session, args[1] as string);
  const keys = args.slice(3, 3 + count);
  const argv = args.slice(3 + count);
  const inner = session.engine.scriptSession;
  inner.db = session.db;
  inner.user = session.user;
  const host = new ScriptHost(inner, readOnly || script.flags?.includes('no-writes') === true);
  try {
    return reply(script.run(host, keys, argv, { steps: stepsPerLook }));
  } catch (error) {
    if (error instanceof ScriptStopped) return failure(`Error running script: ${error.message}`);
    throw error;
  }
}

/** A script's result as a command's reply: statuses and errors become ours. */
function reply(result: unknown): Reply {
  if (Array.isArray(result)) return result.map(reply);
  if (typeof result !== 'object' || result === null) return result as Reply;
  if ('err' in result)
    return result instanceof CommandError ? result : new CommandError(result.err as string);
  const status = (result as { readonly ok: string }).ok;
  return status === 'OK' ? OK : new Status(status);
}

function flush(session: Session, args: readonly string[]): Reply {
  if (args.length > 3 || (args.length === 3 && !isOption(args[2], 'SYNC') && !isOption(args[2], 'ASYNC'))) {
    throw badFlush;
  }
  session.engine.scripts.flush();
  return OK;
}

/** EVAL and its kin, and SCRIPT. */
export const scriptingCommands: CommandFamily = {
  eval: (session, args) => run(session, args, false, compile),
  eval_ro: (session, args) => run(session, args, true, compile),
  evalsha: (session, args) => run(session, args, false, find),
  evalsha_ro: (session, args) => run(session, args, true, find),
  'script|load': (session, args) => compile(session, args[2] as string).sha1,
  'script|exists': (session, args) =>
    args.slice(2).map((hash) => (session.engine.scripts.find(hash) === undefined ? 0 : 1)),
  'script|flush': flush,
  'script|kill': () => notBusy,
};
