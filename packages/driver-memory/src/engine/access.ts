import { keysOf } from './key-positions.js';
import { CommandError } from './reply.js';
import type { Command } from './session.js';
import type { User } from './user.js';

const keyRefused = new CommandError(
  'NOPERM this user has no permissions to access one of the keys used as arguments',
);
const channelRefused = new CommandError(
  'NOPERM this user has no permissions to access one of the channels used as arguments',
);

const scriptRefusals: ReadonlyMap<CommandError, CommandError> = new Map([
  [
    keyRefused,
    new CommandError(
      "ERR The user executing the script can't access at least one of the keys mentioned in the command arguments",
    ),
  ],
  [
    channelRefused,
    new CommandError(
      "ERR The user executing the script can't publish to the channel mentioned in the command",
    ),
  ],
]);
const commandRefusedInScript = new CommandError(
  "ERR The user executing the script can't run this command or subcommand",
);

/** What a script is told where its user would be told this refusal. */
export function refusalInScript(refused: CommandError): CommandError {
  return scriptRefusals.get(refused) ?? commandRefusedInScript;
}

/** What a user who may not do this is told; undefined where it is allowed. */
export function refusal(user: User, command: Command, args: readonly string[]): CommandError | undefined {
  const { signature, name } = command;
  if (!user.mayRun(signature)) {
    return new CommandError(`NOPERM this user has no permissions to run the '${name}' command`);
  }
  if (keysOf(signature, args)?.some((key) => !user.mayUseKey(key))) return keyRefused;
  return channelsOf(name, args).every((channel) => user.mayHear(channel, name === 'psubscribe'))
    ? undefined
    : channelRefused;
}

function channelsOf(name: string, args: readonly string[]): readonly string[] {
  if (name === 'publish' || name === 'spublish') return args.slice(1, 2);
  return name === 'subscribe' || name === 'ssubscribe' || name === 'psubscribe' ? args.slice(1) : [];
}
