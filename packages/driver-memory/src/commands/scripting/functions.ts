import { LuaLibraryError, ScriptStopped } from '@penknife/lua';
import { isOption } from '../../engine/arguments.js';
import { opened, sealed } from '../../engine/dump-value.js';
import { failure, shown } from '../../engine/errors.js';
import { FunctionLibraries, type LoadedLibrary } from '../../engine/function-libraries.js';
import { matchesGlob } from '../../engine/glob.js';
import { CommandError, OK, type Reply, Status } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { CorruptPayloadError } from '../../structures/dump/byte-reader.js';
import { ByteWriter } from '../../structures/dump/byte-writer.js';
import { readString, writeString } from '../../structures/dump/dump-strings.js';
import type { CommandFamily } from '../command-family.js';
import { badPayload } from '../generic/dump.js';
import { keysAndArguments, mayWrite, runScript } from './run-script.js';

const noFunction = failure('Function not found');
const badKeyCount = failure('Bad number of keys provided');
const noLibrary = failure('Library not found');
const badFlush = failure('FUNCTION FLUSH only supports SYNC|ASYNC option');
const noPattern = failure('library name argument was not given');
const notBusy = new CommandError('NOTBUSY No scripts in execution right now.');
const badPolicy = failure('Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.');
const notALibrary = failure('given type is not a function');
const badLibrary = failure('failed loading library data');
/** Begins a library in a payload. */
const functionMark = 245;

function compile(libraries: FunctionLibraries, code: string): LoadedLibrary {
  try {
    return libraries.compile(code);
  } catch (error) {
    if (error instanceof LuaLibraryError) throw failure(error.message);
    if (error instanceof ScriptStopped)
      throw failure('Error registering functions: ERR FUNCTION LOAD timeout');
    throw error;
  }
}

function load(session: Session, args: readonly string[]): Reply {
  const libraries = session.engine.functions;
  let replace = false;
  for (const option of args.slice(2, -1)) {
    if (!isOption(option, 'REPLACE')) throw failure(`Unknown option given: ${shown(option)}`);
    replace = true;
  }
  const library = compile(libraries, args[args.length - 1] as string);
  if (!replace && libraries.has(library.name)) throw failure(`Library '${library.name}' already exists`);
  const clash = libraries.clashOf(library);
  if (clash !== undefined) throw failure(`Function ${clash} already exists`);
  libraries.add(library);
  session.engine.dirty++;
  return library.name;
}

function list(session: Session, args: readonly string[]): Reply {
  let withCode = false;
  let pattern: string | undefined;
  for (let i = 2; i < args.length; i++) {
    if (!withCode && isOption(args[i], 'WITHCODE')) withCode = true;
    else if (pattern === undefined && isOption(args[i], 'LIBRARYNAME')) {
      pattern = args[++i];
      if (pattern === undefined) throw noPattern;
    } else throw failure(`Unknown argument ${shown(args[i] as string)}`);
  }
  return session.engine.functions.libraries
    .filter(({ name }) => pattern === undefined || matchesGlob(pattern.toLowerCase(), name.toLowerCase()))
    .map((library) => describe(session, library, withCode));
}

function describe(session: Session, { name, code, functions }: LoadedLibrary, withCode: boolean): Reply {
  const described = functions.map((one) =>
    session.map([
      'name',
      one.name,
      'description',
      one.description ?? null,
      'flags',
      session.set(one.flags.map((flag) => new Status(flag))),
    ]),
  );
  const fields: Reply[] = ['library_name', name, 'engine', 'LUA', 'functions', described];
  if (withCode) fields.push('library_code', code);
  return session.map(fields);
}

function dump(session: Session): Reply {
  const writer = new ByteWriter();
  for (const { code } of session.engine.functions.libraries) {
    writer.byte(functionMark);
    writeString(writer, code);
  }
  return sealed(writer);
}

function restore(session: Session, args: readonly string[]): Reply {
  const policy = (args[3] ?? 'APPEND').toUpperCase();
  if (args.length > 4)
    throw failure("Unknown subcommand or wrong number of arguments for 'restore'. Try FUNCTION HELP.");
  if (!['FLUSH', 'APPEND', 'REPLACE'].includes(policy)) throw badPolicy;
  const present = session.engine.functions;
  // Everything is read before anything is changed: all of it is restored, or nothing.
  const restored = new FunctionLibraries(session.engine.profile);
  for (const code of codesOf(args[2] as string)) {
    const library = compile(restored, code);
    if (restored.has(library.name)) throw failure(`Library ${library.name} already exists`);
    restored.add(library);
  }
  if (policy !== 'FLUSH') {
    for (const library of restored.libraries) {
      if (policy === 'APPEND' && present.has(library.name))
        throw failure(`Library ${library.name} already exists`);
      const clash = present.clashOf(library);
      if (clash !== undefined) throw failure(`Function ${clash} already exists`);
    }
  } else present.clear();
  for (const library of restored.libraries) present.add(library);
  session.engine.dirty++;
  return OK;
}

function codesOf(payload: string): string[] {
  const reader = opened(payload);
  if (reader === undefined) throw badPayload;
  const codes: string[] = [];
  try {
    while (reader.left > 0) {
      if (reader.byte() !== functionMark) throw notALibrary;
      codes.push(readString(reader));
    }
  } catch (error) {
    if (error instanceof CorruptPayloadError) throw badLibrary;
    throw error;
  }
  return codes;
}

function flush(session: Session, args: readonly string[]): Reply {
  if (args.length > 3 || (args.length === 3 && !isOption(args[2], 'SYNC') && !isOption(args[2], 'ASYNC'))) {
    throw badFlush;
  }
  session.engine.functions.clear();
  session.engine.dirty++;
  return OK;
}

function call(session: Session, args: readonly string[], readOnly: boolean): Reply {
  const found = session.engine.functions.find(args[1] as string);
  if (found === undefined) throw noFunction;
  const given = keysAndArguments(args, badKeyCount);
  const writesNot = found.flags.includes('no-writes');
  if (readOnly && !writesNot) throw mayWrite;
  return runScript(session, found, writesNot, given);
}

/** FUNCTION and FCALL. */
export const functionCommands: CommandFamily = {
  fcall: (session, args) => call(session, args, false),
  fcall_ro: (session, args) => call(session, args, true),
  'function|load': load,
  'function|delete': (session, args) => {
    if (!session.engine.functions.delete(args[2] as string)) throw noLibrary;
    session.engine.dirty++;
    return OK;
  },
  'function|flush': flush,
  'function|list': list,
  'function|dump': dump,
  'function|restore': restore,
  'function|kill': () => notBusy,
  'function|stats': (session) => {
    const { functions } = session.engine;
    const counts = [
      'libraries_count',
      functions.libraries.length,
      'functions_count',
      functions.functionCount,
    ];
    return session.map(['running_script', null, 'engines', session.map(['LUA', session.map(counts)])]);
  },
};
