import { isOption } from '../../engine/arguments.js';
import { failure, syntaxError, wrongArity } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { textOf } from './text-value.js';

const notAString = failure('Key should be of string type if conditions are specified');

function removed(session: Session, key: string): Reply {
  session.db.remove(key);
  session.db.changed(key, 'g', 'del', session);
  return 1;
}

/** Redis 8.4. The conditions on digests, IFDEQ and IFDNE, are not known here. */
function delex(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  if (args.length !== 2 && args.length !== 4) throw wrongArity('delex');
  const entry = session.db.lookupForWrite(key);
  if (entry === undefined) return 0;
  if (args.length === 2) return removed(session, key);
  const equal = isOption(args[2], 'IFEQ');
  if (entry.kind !== 'string') throw notAString;
  if (!equal && !isOption(args[2], 'IFNE')) throw syntaxError;
  return (textOf(entry) === args[3]) === equal ? removed(session, key) : 0;
}

/** Valkey 9. */
function delifeq(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const entry = session.db.entryFor(key, 'string');
  return entry !== undefined && textOf(entry) === args[2] ? removed(session, key) : 0;
}

/** Deleting what has a certain value. */
export const compareCommands: CommandFamily = { delex, delifeq };
