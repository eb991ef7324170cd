import { failure, syntaxError } from '../../engine/errors.js';
import { NO_REPLY, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

const noServer = failure('Errors trying to SHUTDOWN. Check logs.');
const nothingToAbort = failure('No shutdown in progress.');
const modes: ReadonlySet<string> = new Set(['SAVE', 'NOSAVE', 'NOW', 'FORCE', 'ABORT']);

/** Ends the servers in front of the engine; the engine itself belongs to its process. */
function shutdown(session: Session, args: readonly string[]): Reply {
  const words = new Set(args.slice(1).map((arg) => arg.toUpperCase()));
  if ([...words].some((word) => !modes.has(word))) throw syntaxError;
  if ((words.has('SAVE') && words.has('NOSAVE')) || (words.has('ABORT') && words.size > 1)) throw syntaxError;
  if (words.has('ABORT')) throw nothingToAbort;
  const { shutdownHandlers } = session.engine;
  if (shutdownHandlers.size === 0) throw noServer;
  for (const handler of [...shutdownHandlers]) handler();
  return NO_REPLY;
}

function monitor(session: Session): Reply {
  session.isMonitor = true;
  session.engine.monitors.add(session);
  return OK;
}

/** MONITOR and SHUTDOWN: what an administrator does at the door. */
export const operationCommands: CommandFamily = { shutdown, monitor };
