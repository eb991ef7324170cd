import type { Arg } from '../contract/command.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { UnsupportedError } from '../errors/unsupported-error.js';

/** Where a command is to run. */
export type ConnectionKind = 'shared' | 'lane';

/** Says why a command must not run on this kind of connection; undefined when it may. Throws for an argument that can only be wrong. */
type Rule = (args: readonly Arg[], connection: ConnectionKind) => string | undefined;

const never =
  (reason: string): Rule =>
  () =>
    reason;
const laneOnly =
  (reason: string): Rule =>
  (_args, connection) =>
    connection === 'shared' ? reason : undefined;

const needsFeed = never('use openFeed: a subscription changes what a connection is');
const needsTransaction = never('use transaction(): it keeps MULTI and EXEC in one piece');
const needsOptions = never('it changes the connection under everybody else; set it in the client’s options');
const blockReason = 'it would block every other command; use a lane (openLane)';
const blocks = laneOnly(blockReason);
const watches = laneOnly('it belongs to one connection; use a lane (openLane)');

const rules: Readonly<Record<string, Rule>> = {
  ...all('SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE MONITOR', needsFeed),
  ...all('MULTI EXEC DISCARD', needsTransaction),
  ...all('SELECT RESET HELLO AUTH QUIT SYNC PSYNC ASKING READONLY READWRITE', needsOptions),
  ...all('BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF', blocks),
  ...all('WATCH UNWATCH', watches),
  ...all('XREAD XREADGROUP', blocksByOption),
  CLIENT: clientRule,
  SET: ttlAfterOption(3),
  GETEX: ttlAfterOption(2),
  ...all('SETEX PSETEX', (args) => refuseTtl(String(args[0]), args[2])),
};

/** Every name that was seen and is well formed, with its rule: one look-up a command instead of a pattern match. */
const known = new Map<unknown, Rule | null>(Object.entries(rules));
/** More names than any server has commands; beyond it they are checked each time. */
const knownLimit = 2000;
const wellFormed = /^[A-Z][A-Z0-9._-]*$/;

/** Throws `InvalidArgumentError` for a malformed name or a TTL of 0 or less, `UnsupportedError` for a command that must not run here. */
export function refuseUnfit(args: readonly Arg[], connection: ConnectionKind): void {
  const name = args[0];
  const rule = known.get(name);
  if (rule === undefined) {
    refuseMalformed(name);
    return;
  }
  const reason = rule?.(args, connection);
  if (reason !== undefined) {
    throw new UnsupportedError(`${name} is refused on a ${connection} connection: ${reason}`);
  }
}

function refuseMalformed(name: unknown): void {
  if (typeof name !== 'string' || !wellFormed.test(name)) {
    throw new InvalidArgumentError('command', 'must start with a name in upper case', name);
  }
  if (known.size < knownLimit) known.set(name, null);
}

function clientRule(args: readonly Arg[], connection: ConnectionKind): string | undefined {
  const act = args[1] === undefined ? '' : textOf(args[1]).toUpperCase();
  if (act === 'REPLY') return 'it would leave calls without answers';
  return act === 'TRACKING' && connection === 'shared' ? 'use openFeed with tracking' : undefined;
}

function blocksByOption(args: readonly Arg[], connection: ConnectionKind): string | undefined {
  if (connection === 'lane') return undefined;
  for (let i = 1; i < args.length; i++) {
    const word = textOf(args[i] as Arg).toUpperCase();
    if (word === 'BLOCK') return blockReason;
    if (word === 'STREAMS') return undefined;
    if (word === 'GROUP') i += 2;
    if (word === 'COUNT') i += 1;
  }
  return undefined;
}

function textOf(arg: Arg): string {
  return arg instanceof Uint8Array ? Buffer.from(arg).toString('latin1') : String(arg);
}

/** The TTL behind EX or PX, from the first argument that may be an option. */
function ttlAfterOption(first: number): Rule {
  return (args) => {
    for (let i = first; i < args.length - 1; i++) {
      const option = args[i];
      if (typeof option === 'string' && /^[EP]X$/i.test(option))
        return refuseTtl(`${args[0]} (${option})`, args[i + 1]);
    }
    return undefined;
  };
}

/** What is no number at all, and what comes as bytes, is left to the server. */
function refuseTtl(name: string, ttl: Arg | undefined): undefined {
  if (!(ttl instanceof Uint8Array) && Number(ttl) <= 0)
    throw new InvalidArgumentError(`the TTL of ${name}`, 'must be above 0', ttl);
}

function all(names: string, rule: Rule): Record<string, Rule> {
  return Object.fromEntries(names.split(' ').map((name) => [name, rule]));
}
