import { refusal } from '../../engine/access.js';
import { integer, isOption } from '../../engine/arguments.js';
import type { Signature } from '../../engine/command-entry.js';
import { failure, shown, subcommandSyntax } from '../../engine/errors.js';
import { findCommand } from '../../engine/find-command.js';
import { CommandError, NULL_ARRAY, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { User } from '../../engine/user.js';
import type { CommandFamily } from '../command-family.js';

/** Categories in the order ACL CAT lists them. */
const categories: readonly string[] =
  'keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow blocking dangerous connection transaction scripting'.split(
    ' ',
  );

function cat(session: Session, args: readonly string[]): Reply {
  const category = args[2]?.toLowerCase();
  if (category === undefined) return categories;
  if (!categories.includes(category)) throw failure(`Unknown category '${shown(args[2] as string)}'`);
  const found = new Set<string>();
  for (const command of session.engine.commands.values()) {
    for (const { signature } of [command, ...(command.subcommands?.values() ?? [])]) {
      if (signature.categories.includes(`@${category}`)) found.add(signature.name);
    }
  }
  return [...found];
}

function signaturesOf(session: Session): Signature[] {
  return [...new Set(session.engine.commands.values())].flatMap(({ signature, subcommands }) => [
    signature,
    ...[...(subcommands?.values() ?? [])].map((subcommand) => subcommand.signature),
  ]);
}

function setUser(session: Session, args: readonly string[]): Reply {
  const { users } = session.engine;
  const name = args[2] as string;
  if (/[\s\0]/.test(name)) throw failure("Usernames can't contain spaces or null characters");
  if (name === 'default') throw failure('the default user of this engine cannot be changed');
  const before = users.get(name);
  const changed = before?.copy() ?? new User(name);
  const known = signaturesOf(session);
  for (const word of args.slice(3)) changed.apply(word, known);
  users.set(name, changed);
  // Who is logged in keeps the connection and gets the new rights.
  for (const other of session.engine.sessions.values())
    if (other.user === before && before) other.user = changed;
  return OK;
}

function deleteUsers(session: Session, args: readonly string[]): Reply {
  const { users, sessions } = session.engine;
  const names = args.slice(2);
  if (names.includes('default')) throw failure("The 'default' user cannot be removed");
  let removed = 0;
  for (const name of names) {
    const user = users.get(name);
    if (user === undefined) continue;
    users.delete(name);
    removed++;
    for (const other of [...sessions.values()]) if (other.user === user) session.engine.closeSession(other);
  }
  return removed;
}

const badBits = failure(
  'ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096',
);

function genpass(session: Session, args: readonly string[]): Reply {
  if (args.length > 3) throw subcommandSyntax('ACL', args[1] as string);
  const bits = args[2] === undefined ? 256 : integer(args[2]);
  if (bits <= 0 || bits > 4096) throw badBits;
  const digits = Math.ceil(bits / 4);
  return Buffer.from(session.engine.random.bytes(Math.ceil(digits / 2)))
    .toString('hex')
    .slice(0, digits);
}

function getUser(session: Session, args: readonly string[]): Reply {
  const name = args[2] as string;
  const user = session.engine.users.get(name);
  if (user === undefined && name !== 'default') return session.protocol === 3 ? null : NULL_ARRAY;
  const { flags, passwords, commands, keys, channels } = user?.facts ?? {
    flags: ['on', 'nopass'],
    passwords: [],
    commands: '+@all',
    keys: '~*',
    channels: '&*',
  };
  return session.map([
    ...['flags', session.set(flags), 'passwords', passwords, 'commands', commands],
    ...['keys', keys, 'channels', channels, 'selectors', []],
  ]);
}

function dryRun(session: Session, args: readonly string[]): Reply {
  const name = args[2] as string;
  const user = session.engine.users.get(name);
  if (user === undefined && name !== 'default') throw failure(`User '${shown(name)}' not found`);
  const call = args.slice(3);
  const command = session.engine.commands.get((call[0] as string).toLowerCase());
  if (command === undefined) throw failure(`Command '${shown(call[0] as string)}' not found`);
  const found = findCommand(session.engine.commands, call);
  if (found instanceof CommandError) throw found;
  const refused = user && refusal(user, found, call);
  if (refused === undefined) return OK;
  return refused.err.startsWith('NOPERM this user') && refused.err.includes('keys')
    ? `This user has no permissions to access the '${call[1]}' key`
    : `This user has no permissions to run the '${found.name}' command`;
}

function log(_session: Session, args: readonly string[]): Reply {
  if (args.length > 3) throw subcommandSyntax('ACL', args[1] as string);
  if (isOption(args[2], 'RESET')) return OK;
  if (args[2] !== undefined) integer(args[2]);
  return [];
}

const defaultUser = 'user default on nopass ~* &* +@all';

/** ACL: users with passwords and rules. The default user may do everything and cannot be changed. */
export const aclCommands: CommandFamily = {
  'acl|whoami': (session) => session.user?.name ?? 'default',
  'acl|users': (session) => ['default', ...session.engine.users.keys()].sort(),
  'acl|list': (session) =>
    [defaultUser, ...[...session.engine.users.values()].map((user) => user.describe())].sort(),
  'acl|setuser': setUser,
  'acl|deluser': deleteUsers,
  'acl|cat': cat,
  'acl|genpass': genpass,
  'acl|getuser': getUser,
  'acl|dryrun': dryRun,
  // Refusals are counted in INFO errorstats, not listed.
  'acl|log': log,
};
