import type { SlotCall } from './cluster-member.js';
import { keysOf } from './key-positions.js';
import { CommandError } from './reply.js';
import type { Command, Session } from './session.js';

const notLocal = new CommandError('ERR Script attempted to access a non local key in a cluster node');

/** Why a node of a cluster does not run a client's command; undefined: it does. ASKING holds for one command. */
export function slotRefusal(
  session: Session,
  command: Command,
  args: readonly string[],
): CommandError | undefined {
  const { queued } = session;
  const { name } = command;
  const isLast = queued === undefined ? name !== 'multi' : command.endsTransaction;
  if (isLast && session.asking > 0) session.asking = session.asking === 2 ? 1 : 0;
  const commands = name === 'exec' ? (queued ?? []) : [{ command, args }];
  return judge(session, commands, session.asking > 0);
}

/** The same for a command that a script calls: the script's client may have asked. */
export function slotRefusalInScript(
  session: Session,
  command: Command,
  args: readonly string[],
): CommandError | undefined {
  return judge(session, [{ command, args }], session.asking > 0) && notLocal;
}

function judge(
  session: Session,
  commands: readonly { readonly command: Command; readonly args: readonly string[] }[],
  asking: boolean,
): CommandError | undefined {
  const calls: SlotCall[] = [];
  for (const { command, args } of commands) {
    if (command.signature.keySpecs.length === 0) continue;
    const keys = keysOf(command.signature, args);
    // What does not fit its own form is told so by the command itself.
    if (keys === undefined || keys.length === 0) continue;
    calls.push({ keys, channels: command.signature.keySpecs[0]?.flags.includes('not_key') === true });
  }
  return calls.length === 0 ? undefined : session.engine.cluster?.judge(calls, asking);
}
