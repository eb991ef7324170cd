import type { Arg } from '../contract/command.js';
import { UnsupportedError } from '../errors/unsupported-error.js';

const needsFeed = 'use openFeed: a subscription changes what a connection is';
const needsTransaction = 'use transaction(): it keeps MULTI and EXEC in one piece';
const needsOptions = 'it would change the connection under everybody else; set it in the client’s options';
const blocks = 'it would block every other command; use a lane (openLane)';

/** Refused everywhere. */
const never: ReadonlyMap<string, string> = new Map([
  ...['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'UNSUBSCRIBE', 'PUNSUBSCRIBE', 'SUNSUBSCRIBE', 'MONITOR'].map(
    (name) => [name, needsFeed] as const,
  ),
  ...['MULTI', 'EXEC', 'DISCARD'].map((name) => [name, needsTransaction] as const),
  ...['SELECT', 'RESET', 'HELLO', 'AUTH', 'QUIT', 'SYNC', 'PSYNC', 'ASKING', 'READONLY', 'READWRITE'].map(
    (name) => [name, needsOptions] as const,
  ),
]);

/** Refused on the shared connection, allowed on a lane. */
const laneOnly: ReadonlyMap<string, string> = new Map([
  ...[
    'BLPOP',
    'BRPOP',
    'BLMOVE',
    'BRPOPLPUSH',
    'BLMPOP',
    'BZPOPMIN',
    'BZPOPMAX',
    'BZMPOP',
    'WAIT',
    'WAITAOF',
  ].map((name) => [name, blocks] as const),
  ...['WATCH', 'UNWATCH'].map(
    (name) => [name, 'it belongs to one connection; use a lane (openLane)'] as const,
  ),
]);

/** Throws `UnsupportedError` for a command that must not run on this kind of connection. */
export function refuseUnfit(args: readonly [string, ...Arg[]], connection: 'shared' | 'lane'): void {
  const name = args[0];
  const reason = never.get(name) ?? (connection === 'shared' ? sharedReason(args) : undefined);
  if (reason !== undefined)
    throw new UnsupportedError(`${name} is refused on a ${connection} connection: ${reason}`);
}

function sharedReason(args: readonly [string, ...Arg[]]): string | undefined {
  const name = args[0];
  if (name === 'CLIENT') {
    const act = String(args[1]).toUpperCase();
    return act === 'REPLY' || act === 'TRACKING' ? needsOptions : undefined;
  }
  if (name !== 'XREAD' && name !== 'XREADGROUP') return laneOnly.get(name);
  for (let i = 1; i < args.length; i++) {
    const word = String(args[i]).toUpperCase();
    if (word === 'BLOCK') return blocks;
    if (word === 'STREAMS') return undefined;
    if (word === 'GROUP') i += 2;
    if (word === 'COUNT') i += 1;
  }
  return undefined;
}
