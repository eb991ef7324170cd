import { failure } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

/** Categories in the order ACL CAT lists them. */
const categories: readonly string[] =
  'keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow blocking dangerous connection transaction scripting'.split(
    ' ',
  );

function cat(session: Session, args: readonly string[]): Reply {
  const category = args[2]?.toLowerCase();
  if (category === undefined) return categories;
  if (!categories.includes(category)) throw failure(`Unknown category '${args[2]}'`);
  const found = new Set<string>();
  for (const command of session.engine.commands.values()) {
    for (const { signature } of [command, ...(command.subcommands?.values() ?? [])]) {
      if (signature.categories.includes(`@${category}`)) found.add(signature.name);
    }
  }
  return [...found];
}

/** ACL, as far as one user with all rights goes. */
export const aclCommands: CommandFamily = {
  'acl|whoami': () => 'default',
  'acl|users': () => ['default'],
  'acl|list': () => ['user default on nopass sanitize-payload ~* &* +@all'],
  'acl|cat': cat,
};
