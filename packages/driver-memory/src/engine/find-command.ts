import type { CommandEntry } from './command-entry.js';
import { failure, shown, unknownCommand, wrongArity } from './errors.js';
import type { CommandError } from './reply.js';

/** Finds the entry for a call: the command, or its subcommand. An error when there is none or the arguments do not fit. */
export function findCommand<Client>(
  commands: ReadonlyMap<string, CommandEntry<Client>>,
  args: readonly string[],
): CommandEntry<Client> | CommandError {
  const name = args[0] as string;
  const command = commands.get(name) ?? commands.get(name.toLowerCase());
  if (command === undefined) return unknownCommand(args);
  if (command.subcommands !== undefined && args.length > 1) return findSubcommand(command, args);
  return command.fits(args.length) ? command : wrongArity(command.name);
}

function findSubcommand<Client>(
  command: CommandEntry<Client>,
  args: readonly string[],
): CommandEntry<Client> | CommandError {
  const name = args[1] as string;
  const entry = command.subcommands?.get(name.toLowerCase());
  if (entry === undefined) {
    // Containers that are commands of their own run with any arguments.
    return failure(
      `unknown subcommand '${shown(name).slice(0, 128)}'. Try ${command.name.toUpperCase()} HELP.`,
    );
  }
  return entry.fits(args.length) ? entry : wrongArity(entry.name);
}
