import { type CompiledScript, LuaShebangError, LuaSyntaxError } from '@penknife/lua';
import { isOption } from '../../engine/arguments.js';
import { failure } from '../../engine/errors.js';
import { CommandError, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { keysAndArguments, mayWrite, runScript } from './run-script.js';

const noScript = new CommandError('NOSCRIPT No matching script. Please use EVAL.');
const badFlush = failure('SCRIPT FLUSH only support SYNC|ASYNC option');
const notBusy = new CommandError('NOTBUSY No scripts in execution right now.');
const hashLength = 40;

function compile({ engine }: Session, text: string, isLoaded = false): CompiledScript {
  try {
    return isLoaded ? engine.scripts.load(text) : engine.scripts.evaluated(text);
  } catch (error) {
    if (error instanceof LuaSyntaxError) {
      throw failure(`Error compiling script (new function): ${error.message}`);
    }
    if (error instanceof LuaShebangError) throw failure(error.message);
    throw error;
  }
}

function find(session: Session, hash: string): CompiledScript {
  const script = hash.length === hashLength ? session.engine.scripts.used(hash) : undefined;
  if (script === undefined) throw noScript;
  return script;
}

function run(
  session: Session,
  args: readonly string[],
  readOnly: boolean,
  scriptOf: (session: Session, text: string) => CompiledScript,
): Reply {
  const given = keysAndArguments(args);
  const script = scriptOf(session, args[1] as string);
  const writesNot = script.flags?.includes('no-writes') === true;
  if (readOnly && script.flags !== undefined && !writesNot) throw mayWrite;
  return runScript(session, script, readOnly || writesNot, given);
}

function flush(session: Session, args: readonly string[]): Reply {
  if (args.length > 3 || (args.length === 3 && !isOption(args[2], 'SYNC') && !isOption(args[2], 'ASYNC'))) {
    throw badFlush;
  }
  session.engine.scripts.flush();
  return OK;
}

/** Valkey 8: the text of a script. */
function show(session: Session, args: readonly string[]): Reply {
  const hash = args[2] as string;
  const text = hash.length === hashLength ? session.engine.scripts.textOf(hash) : undefined;
  return text ?? new CommandError('NOSCRIPT No matching script.');
}

/** EVAL and its kin, and SCRIPT. */
export const scriptingCommands: CommandFamily = {
  eval: (session, args) => run(session, args, false, compile),
  eval_ro: (session, args) => run(session, args, true, compile),
  evalsha: (session, args) => run(session, args, false, find),
  evalsha_ro: (session, args) => run(session, args, true, find),
  'script|load': (session, args) => compile(session, args[2] as string, true).sha1,
  'script|exists': (session, args) =>
    args.slice(2).map((hash) => (session.engine.scripts.find(hash) === undefined ? 0 : 1)),
  'script|show': show,
  'script|flush': flush,
  'script|kill': () => notBusy,
};
