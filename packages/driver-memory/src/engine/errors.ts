import { CommandError } from './reply.js';

export const wrongType: CommandError = new CommandError(
  'WRONGTYPE Operation against a key holding the wrong kind of value',
);
export const syntaxError: CommandError = new CommandError('ERR syntax error');
export const notInteger: CommandError = new CommandError('ERR value is not an integer or out of range');
export const outOfRange: CommandError = new CommandError('ERR value is out of range');
export const mustBePositive: CommandError = new CommandError('ERR value is out of range, must be positive');
export const notFloat: CommandError = new CommandError('ERR value is not a valid float');
export const noSuchKey: CommandError = new CommandError('ERR no such key');
export const indexOutOfRange: CommandError = new CommandError('ERR index out of range');
export const overflow: CommandError = new CommandError('ERR increment or decrement would overflow');
export const givenNanOrInfinity: CommandError = new CommandError('ERR value is NaN or Infinity');
export const nanOrInfinity: CommandError = new CommandError('ERR increment would produce NaN or Infinity');
export const timeoutNotFloat: CommandError = new CommandError('ERR timeout is not a float or out of range');
export const timeoutNotInteger: CommandError = new CommandError(
  'ERR timeout is not an integer or out of range',
);
export const timeoutNegative: CommandError = new CommandError('ERR timeout is negative');
export const tooLong: CommandError = new CommandError(
  'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
);

/** An error whose text holds arguments: what they bring in must not end the line of the protocol. */
export function errorLine(text: string): CommandError {
  if (!/[\r\n]/.test(text)) return new CommandError(text);
  return new CommandError(text.replace(/[\r\n]+$/, '').replace(/[\r\n]/g, ' '));
}

/** An argument as error texts show it: up to its first zero byte. */
export function shown(argument: string): string {
  const end = argument.indexOf('\0');
  return end < 0 ? argument : argument.slice(0, end);
}

/** An error of the general kind (code ERR). */
export function failure(text: string): CommandError {
  return errorLine(`ERR ${text}`);
}

/** What a command called with too few or too many arguments is told; `name` as COMMAND lists it, `config|get`. */
export function wrongArity(name: string): CommandError {
  return new CommandError(`ERR wrong number of arguments for '${name}' command`);
}

/** What is refused where keys live in slots; `act` as in `SELECT is`. */
export function notInCluster(act: string): CommandError {
  return failure(`${act} not allowed in cluster mode`);
}

/** What a subcommand called with arguments that make no sense is told. */
export function subcommandSyntax(container: string, subcommand: string): CommandError {
  const name = shown(subcommand).slice(0, 128);
  return new CommandError(
    `ERR unknown subcommand or wrong number of arguments for '${name}'. Try ${container} HELP.`,
  );
}

const shownLength = 128;

/** What an unknown command is told, with the first 128 bytes of its arguments. */
export function unknownCommand(args: readonly string[]): CommandError {
  let list = '';
  for (let i = 1; i < args.length && list.length < shownLength; i++) {
    list += `'${shown(args[i] as string).slice(0, shownLength - list.length)}' `;
  }
  const name = shown(args[0] as string).slice(0, shownLength);
  return new CommandError(
    `ERR unknown command '${name}', with args beginning with: ${list}`.replace(/[\r\n]/g, ' '),
  );
}
