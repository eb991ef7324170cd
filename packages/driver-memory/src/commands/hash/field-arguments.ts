import { exactInteger, integer, isOption } from '../../engine/arguments.js';
import { failure, notInteger, shown, syntaxError, wrongArity } from '../../engine/errors.js';
import { CommandError } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';

const fieldsMissing = failure('Mandatory argument FIELDS is missing or not at the right position');
const countMismatch = failure('The `numfields` parameter must match the number of arguments');
const countNotPositive = failure('Number of fields must be a positive integer');
const numFieldsNotPositive = failure('Parameter `numFields` should be greater than 0');
const badFieldCount = failure('invalid number of fields');
const tooFewFields = failure('wrong number of arguments');
const countByValkey = failure('numfields should be greater than 0 and match the provided number of fields');
const mostFields = 2 ** 31 - 1;

/** How a server words what is wrong with a list of fields: they all differ, and so do their commands. */
export type FieldListWording = 'plain' | 'expire' | 'options' | 'pairs';

const notPositive: Readonly<Record<FieldListWording, CommandError>> = {
  plain: countNotPositive,
  expire: numFieldsNotPositive,
  options: countNotPositive,
  pairs: badFieldCount,
};

/** The fields (or fields and values in turn) behind `FIELDS count`, which begins at `at` and ends the call. */
export function fieldsAt(
  session: Session,
  args: readonly string[],
  at: number,
  wording: FieldListWording,
): readonly string[] {
  const { product, compatibility } = session.engine.profile;
  const size = wording === 'pairs' ? 2 : 1;
  const given = args.length - at - 2;
  if (product === 'valkey') {
    if (!isOption(args[at], 'FIELDS')) throw wording === 'plain' ? syntaxError : countByValkey;
    const count = integer(args[at + 1] ?? '', notInteger);
    if (count <= 0 || count * size !== given) throw countByValkey;
    return args.slice(at + 2);
  }
  const isNewest = compatibility === '8.6' && wording !== 'plain';
  if (!isOption(args[at], 'FIELDS')) {
    throw isNewest || wording === 'pairs'
      ? failure(`unknown argument: ${shown(args[at] ?? '')}`)
      : fieldsMissing;
  }
  const refused = isNewest && wording === 'options' ? badFieldCount : notPositive[wording];
  const count = integer(args[at + 1] ?? '', refused);
  if (count < 1 || count > mostFields) throw refused;
  if (count * size > given) {
    if (isNewest) throw tooFewFields;
    throw wording === 'pairs' ? wrongArity(args[0]?.toLowerCase() ?? '') : countMismatch;
  }
  if (count * size < given) {
    if (isNewest) throw failure(`unknown argument: ${shown(args[at + 2 + count * size] as string)}`);
    throw wording === 'pairs' ? wrongArity(args[0]?.toLowerCase() ?? '') : countMismatch;
  }
  return args.slice(at + 2);
}

const int64Maximum = 2n ** 63n - 1n;
/** Redis keeps the deadlines of fields in 46 bits. */
const latestOfRedis = 2n ** 46n - 1n;
const negativeTime = failure('invalid expire time, must be >= 0');

/** A field's deadline in ms since 1970; `unit`: ms of one of what the text counts. */
export function fieldDeadline(
  session: Session,
  text: string,
  {
    unit,
    relative,
    command,
  }: { readonly unit: number; readonly relative: boolean; readonly command: string },
): number {
  const { engine } = session;
  const isRedis = engine.profile.product === 'redis';
  const value = BigInt(exactInteger(text));
  const invalid = new CommandError(`ERR invalid expire time in '${command}' command`);
  if (value < 0n) throw isRedis ? negativeTime : invalid;
  const deadline = value * BigInt(unit) + (relative ? BigInt(engine.now) : 0n);
  if (deadline > (isRedis ? latestOfRedis : int64Maximum)) throw invalid;
  return Number(deadline);
}
