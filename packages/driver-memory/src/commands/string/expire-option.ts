import { integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { CommandError } from '../../engine/reply.js';

const int64Maximum = 2 ** 63;

/** The options of SET and GETEX that say when a key ends. */
export type ExpireOption = 'EX' | 'PX' | 'EXAT' | 'PXAT';

/** Which of the options an argument is. */
export function expireOptionOf(arg: string): ExpireOption | undefined {
  if (isOption(arg, 'EX')) return 'EX';
  if (isOption(arg, 'PX')) return 'PX';
  if (isOption(arg, 'EXAT')) return 'EXAT';
  return isOption(arg, 'PXAT') ? 'PXAT' : undefined;
}

/** What a time to live that is none is told. */
export function invalidExpire(command: string): CommandError {
  return failure(`invalid expire time in '${command}' command`);
}

/** The deadline in ms since 1970; throws for times of 0 and below and for those beyond 64 bits. */
export function deadlineOf(
  option: ExpireOption,
  text: string | undefined,
  now: number,
  command: string,
): number {
  if (text === undefined) throw syntaxError;
  const value = integer(text);
  const inSeconds = option === 'EX' || option === 'EXAT';
  if (value <= 0 || (inSeconds && value > int64Maximum / 1000)) throw invalidExpire(command);
  const ms = inSeconds ? value * 1000 : value;
  if (option === 'EXAT' || option === 'PXAT') return ms;
  if (ms > int64Maximum - now) throw invalidExpire(command);
  return ms + now;
}
