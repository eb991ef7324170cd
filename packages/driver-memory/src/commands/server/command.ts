import { isOption } from '../../engine/arguments.js';
import type { KeySpec } from '../../engine/command-entry.js';
import { failure, syntaxError } from '../../engine/errors.js';
import { findCommand } from '../../engine/find-command.js';
import { matchesGlob } from '../../engine/glob.js';
import { keyPositions, noKeys } from '../../engine/key-positions.js';
import { CommandError, type Reply, Status } from '../../engine/reply.js';
import type { Command, Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

const notACommand = failure('Invalid command specified');
const badCount = failure('Invalid number of arguments specified for command');
const badArguments = failure('Invalid arguments specified for command');

/** The entries of the table, each once. */
function commandsOf(session: Session): Command[] {
  return [...new Set(session.engine.commands.values())];
}

function entryOf(session: Session, name: string): Command | undefined {
  const [container = '', subcommand] = name.toLowerCase().split('|');
  const command = session.engine.commands.get(container);
  return subcommand === undefined ? command : command?.subcommands?.get(subcommand);
}

const fieldNames: Readonly<Record<string, readonly string[]>> = {
  index: ['index'],
  keyword: ['keyword', 'startfrom'],
  range: ['lastkey', 'keystep', 'limit'],
  keynum: ['keynumidx', 'firstkey', 'keystep'],
};

function searchReply(session: Session, text: string): Reply {
  const [type = '', values = ''] = text.split(':');
  const parts = values === '' ? [] : values.split(',');
  const spec = (fieldNames[type] ?? []).flatMap((name, i) => {
    const value = parts[i] as string;
    return [name, name === 'keyword' ? value : Number(value)];
  });
  return session.map(['type', type, 'spec', session.map(spec)]);
}

function specReply(session: Session, spec: KeySpec): Reply {
  const notes = spec.notes === '' ? [] : ['notes', spec.notes];
  return session.map([
    ...notes,
    'flags',
    session.set(spec.flags.map((flag) => new Status(flag))),
    'begin_search',
    searchReply(session, spec.begin),
    'find_keys',
    searchReply(session, spec.find),
  ]);
}

function infoReply(session: Session, { signature, subcommands }: Command): Reply {
  return [
    signature.name,
    signature.arity,
    session.set([...signature.flags].map((flag) => new Status(flag))),
    ...signature.keys,
    session.set(signature.categories.map((category) => new Status(category))),
    signature.tips,
    signature.keySpecs.map((spec) => specReply(session, spec)),
    [...(subcommands?.values() ?? [])].map((entry) => infoReply(session, entry)),
  ];
}

function info(session: Session, args: readonly string[]): Reply {
  const names = args.slice(2);
  if (names.length === 0) return commandsOf(session).map((entry) => infoReply(session, entry));
  return names.map((name) => {
    const entry = entryOf(session, name);
    return entry === undefined ? null : infoReply(session, entry);
  });
}

/** What is known beyond COMMAND INFO: since when, the group, and the words of the options. */
function docsReply(session: Session, { signature, subcommands }: Command): Reply {
  const fields: Reply[] = ['since', signature.since, 'group', signature.group];
  if (signature.tokens.length > 0) {
    fields.push(
      'arguments',
      signature.tokens.map((token) =>
        session.map(['name', token.toLowerCase(), 'type', 'pure-token', 'token', token]),
      ),
    );
  }
  if (subcommands !== undefined) {
    fields.push(
      'subcommands',
      session.map([...subcommands.values()].flatMap((entry) => [entry.name, docsReply(session, entry)])),
    );
  }
  return session.map(fields);
}

function docs(session: Session, args: readonly string[]): Reply {
  const entries =
    args.length === 2 ? commandsOf(session) : args.slice(2).flatMap((name) => entryOf(session, name) ?? []);
  return session.map(entries.flatMap((entry) => [entry.name, docsReply(session, entry)]));
}

function list(session: Session, args: readonly string[]): Reply {
  const entries = commandsOf(session).flatMap((entry) => [entry, ...(entry.subcommands?.values() ?? [])]);
  if (args.length === 2) return entries.map(({ name }) => name);
  if (args.length !== 5 || !isOption(args[2], 'FILTERBY')) throw syntaxError;
  const value = args[4] as string;
  if (isOption(args[3], 'MODULE')) return [];
  if (isOption(args[3], 'ACLCAT')) {
    const category = `@${value.toLowerCase()}`;
    return entries.filter(({ signature }) => signature.categories.includes(category)).map(({ name }) => name);
  }
  if (!isOption(args[3], 'PATTERN')) throw syntaxError;
  return entries.map(({ name }) => name).filter((name) => matchesGlob(value.toLowerCase(), name));
}

function getkeys(session: Session, args: readonly string[], withFlags: boolean): Reply {
  const call = args.slice(2);
  const entry = findCommand(session.engine.commands, call);
  if (entry instanceof CommandError) {
    throw entry.err.startsWith('ERR wrong number') ? badCount : notACommand;
  }
  if (entry.signature.keySpecs.length === 0) throw noKeys;
  const positions = keyPositions(entry.signature, call);
  if (positions === undefined) throw badArguments;
  if (positions.length === 0) {
    if (!entry.signature.flags.has('no_mandatory_keys')) throw badArguments;
    return [];
  }
  return positions.map(({ at, spec }) => {
    const key = call[at] as string;
    return withFlags ? [key, session.set(spec.flags.map((flag) => new Status(flag)))] : key;
  });
}

/** COMMAND. */
export const commandCommands: CommandFamily = {
  command: (session) => commandsOf(session).map((entry) => infoReply(session, entry)),
  'command|count': (session) => commandsOf(session).length,
  'command|info': info,
  'command|docs': docs,
  'command|list': list,
  'command|getkeys': (session, args) => getkeys(session, args, false),
  'command|getkeysandflags': (session, args) => getkeys(session, args, true),
};
