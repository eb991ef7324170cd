import { exactInteger, integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError, timeoutNegative, timeoutNotInteger } from '../../engine/errors.js';
import { BLOCKED, type CommandError, NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { ServerProfile } from '../../engine/server-profile.js';
import type { Session } from '../../engine/session.js';

/** What XREAD and XREADGROUP are asked for. */
export interface ReadOptions {
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  readonly count: number;
  readonly blockMs: number | undefined;
  readonly group: string | undefined;
  readonly consumer: string;
  readonly noAck: boolean;
  /** XREADGROUP CLAIM: pending entries idle for so long are taken over first. */
  readonly claimIdleMs: number | undefined;
}

const onlyInGroup = (option: string): CommandError =>
  failure(`The ${option} option is only supported by XREADGROUP. You called XREAD instead.`);
const idleNotInteger = failure('min-idle-time is not an integer or out of range');
const idleNegative = failure('min-idle-time must be a positive integer');
const missingGroup = failure('Missing GROUP option for XREADGROUP');
/** What a list of keys without as many ids is told. */
function unbalanced(command: string, inGroup: boolean, { isLater, product }: ServerProfile): CommandError {
  const name = isLater ? `'${command.toLowerCase()}'` : 'XREAD';
  const own = product === 'redis' ? "an ID, '+', or '$'" : "an ID or '$'";
  const ids = !isLater ? "an ID or '$'" : inGroup ? "an ID or '>'" : own;
  return failure(`Unbalanced ${name} list of streams: for each stream key ${ids} must be specified.`);
}

/** Reads the arguments of XREAD, or with `inGroup` of XREADGROUP. */
export function readOptions({ engine }: Session, args: readonly string[], inGroup: boolean): ReadOptions {
  const mayClaim = engine.profile.compatibility === '8.6';
  let claimIdleMs: number | undefined;
  let count = 0;
  let blockMs: number | undefined;
  let group: string | undefined;
  let consumer = '';
  let noAck = false;
  let at = 1;
  for (; at < args.length; at++) {
    const more = args.length - at - 1;
    if (isOption(args[at], 'BLOCK') && more > 0) blockMs = blockTime(args[++at] as string);
    else if (isOption(args[at], 'COUNT') && more > 0) count = Math.max(0, integer(args[++at] as string));
    else if (isOption(args[at], 'STREAMS') && more > 0) break;
    else if (isOption(args[at], 'GROUP') && more > 1) {
      if (!inGroup) throw onlyInGroup('GROUP');
      group = args[++at] as string;
      consumer = args[++at] as string;
    } else if (mayClaim && isOption(args[at], 'CLAIM') && more > 0) {
      if (!inGroup) throw onlyInGroup('CLAIM');
      claimIdleMs = integer(args[++at] as string, idleNotInteger);
      if (claimIdleMs < 0) throw idleNegative;
    } else if (isOption(args[at], 'NOACK')) {
      if (!inGroup) throw onlyInGroup('NOACK');
      noAck = true;
    } else throw syntaxError;
  }
  const rest = args.slice(at + 1);
  if (rest.length === 0) throw syntaxError;
  if (rest.length % 2 !== 0) {
    throw unbalanced(args[0] as string, inGroup, engine.profile);
  }
  if (inGroup && group === undefined) throw missingGroup;
  const half = rest.length / 2;
  return {
    keys: rest.slice(0, half),
    ids: rest.slice(half),
    count: count === 0 ? Number.POSITIVE_INFINITY : count,
    blockMs,
    group,
    consumer,
    noAck,
    claimIdleMs,
  };
}

/** BLOCK makes no sense where nothing may wait. */
export function refuseBlockInScript(
  session: Session,
  args: readonly string[],
  { blockMs }: ReadOptions,
): void {
  if (blockMs === undefined || !session.inScript) return;
  throw failure(`${args[0]} command is not allowed with BLOCK option from scripts`);
}

function blockTime(text: string): number {
  const value = Number(exactInteger(text, timeoutNotInteger));
  if (value < 0) throw timeoutNegative;
  return value;
}

/** Streams with their entries: pairs for RESP2, a map for RESP3. */
export function streamsReply(session: Session, found: readonly (readonly [string, Reply])[]): Reply {
  return session.protocol === 3 ? session.map(found.flat()) : found;
}

/** Waits for a stream if BLOCK allows, by `attempt`; otherwise answers that there is nothing. */
export function waitOrNothing(
  session: Session,
  options: ReadOptions,
  attempt: (key: string) => Reply | undefined,
  more: { readonly needsKey?: true; readonly lookAgainMs?: () => number } = {},
): Reply {
  if (options.blockMs === undefined || !session.mayBlock) return NULL_ARRAY;
  session.engine.blocking.block(session, {
    keys: options.keys,
    kind: 'stream',
    timeoutMs: options.blockMs,
    attempt,
    ...more,
  });
  return BLOCKED;
}
