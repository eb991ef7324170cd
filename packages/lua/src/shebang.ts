import { LuaLibraryError, LuaShebangError } from './runtime/errors.js';

/** What a script declares in `#!lua flags=…`: allow-oom, no-writes, allow-stale, no-cluster, allow-cross-slot-keys. */
export type ScriptFlag = 'no-writes' | 'allow-oom' | 'allow-stale' | 'no-cluster' | 'allow-cross-slot-keys';

const FLAGS: readonly ScriptFlag[] = [
  'no-writes',
  'allow-oom',
  'allow-stale',
  'no-cluster',
  'allow-cross-slot-keys',
];

/** Whether a text is a flag scripts and functions may carry. */
export function isScriptFlag(text: string): text is ScriptFlag {
  return (FLAGS as readonly string[]).includes(text);
}

/** A text taken apart: the flags of its first line (undefined without one) and the body, whose line numbers stay. */
export interface ScriptText {
  readonly flags: readonly ScriptFlag[] | undefined;
  readonly body: string;
}

function firstLine(source: string): { words: string[]; body: string } | undefined {
  if (!source.startsWith('#!')) return undefined;
  const end = source.indexOf('\n');
  if (end < 0) return { words: [], body: '' };
  const words = source
    .slice(0, end)
    .split(/\s+/)
    .filter((word) => word !== '');
  return { words, body: source.slice(end) };
}

/** Reads the optional first line of a script. Throws LuaShebangError. */
export function readScriptText(source: string): ScriptText {
  const found = firstLine(source);
  if (found === undefined) return { flags: undefined, body: source };
  const [engine, ...options] = found.words;
  if (engine === undefined) throw new LuaShebangError('Invalid script shebang');
  if (engine !== '#!lua') throw new LuaShebangError(`Unexpected engine in script shebang: ${engine}`);
  const flags: ScriptFlag[] = [];
  for (const option of options) {
    if (!option.startsWith('flags=')) throw new LuaShebangError(`Unknown lua shebang option: ${option}`);
    for (const flag of option
      .slice(6)
      .split(',')
      .filter((name) => name !== '')) {
      if (!isScriptFlag(flag)) throw new LuaShebangError(`Unexpected flag in script shebang: ${flag}`);
      flags.push(flag);
    }
  }
  return { flags, body: found.body };
}

/** Reads the required first line of a function library, `#!lua name=…`. Throws LuaLibraryError. */
export function readLibraryText(source: string): { readonly name: string; readonly body: string } {
  const found = firstLine(source);
  if (found === undefined) throw new LuaLibraryError('Missing library metadata');
  const [engine, ...options] = found.words;
  if (engine === undefined) throw new LuaLibraryError('Invalid library metadata');
  if (engine.toLowerCase() !== '#!lua') throw new LuaLibraryError(`Engine '${engine.slice(2)}' not found`);
  let name: string | undefined;
  for (const option of options) {
    const value = /^name=(.*)$/i.exec(option);
    if (!value) throw new LuaLibraryError(`Invalid metadata value given: ${option}`);
    if (name !== undefined)
      throw new LuaLibraryError('Invalid metadata value, name argument was given multiple times');
    name = value[1]!;
  }
  if (name === undefined) throw new LuaLibraryError('Library name was not given');
  if (!/^[A-Za-z0-9_]+$/.test(name)) {
    throw new LuaLibraryError(
      'Library names can only contain letters, numbers, or underscores(_) and must be at least one character long',
    );
  }
  return { name, body: found.body };
}
