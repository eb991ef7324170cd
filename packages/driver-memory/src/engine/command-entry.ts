import type { Reply } from './reply.js';

/** What runs a command for a client. `args[0]` is the command's name; the array is never kept and never written to. */
export type CommandRun<Client> = (client: Client, args: readonly string[]) => Reply;

/** One range of keys among the arguments, as COMMAND tells it. */
export interface KeySpec {
  readonly notes: string;
  readonly flags: readonly string[];
  readonly begin: string;
  readonly find: string;
}

/** What COMMAND says about a command; parsed from the signatures of Redis 7.0. */
export interface Signature {
  /** Lower case; a subcommand is `config|get`. */
  readonly name: string;
  readonly arity: number;
  readonly flags: ReadonlySet<string>;
  readonly keys: readonly [first: number, last: number, step: number];
  readonly categories: readonly string[];
  readonly tips: readonly string[];
  readonly since: string;
  readonly group: string;
  readonly tokens: readonly string[];
  readonly keySpecs: readonly KeySpec[];
}

/** A command of the table, with what the engine asks of it at every call laid out flat. */
export class CommandEntry<Client> {
  readonly signature: Signature;
  readonly name: string;
  readonly arity: number;
  readonly run: CommandRun<Client>;
  readonly subcommands: ReadonlyMap<string, CommandEntry<Client>> | undefined;
  readonly isWrite: boolean;
  readonly isReadOnly: boolean;
  readonly refusedInScript: boolean;
  readonly isBlocking: boolean;
  /** Runs at once after MULTI, instead of being queued. */
  readonly endsTransaction: boolean;
  /** Allowed on a RESP2 connection that has subscriptions. */
  readonly fitsSubscriber: boolean;
  /** Timed for SLOWLOG; commands that take constant time are not worth two looks at the clock. */
  readonly isTimed: boolean;
  calls = 0;
  rejected = 0;
  failed = 0;
  microseconds = 0;

  constructor(
    signature: Signature,
    run: CommandRun<Client>,
    subcommands: ReadonlyMap<string, CommandEntry<Client>> | undefined,
  ) {
    const { flags } = signature;
    this.signature = signature;
    this.name = signature.name;
    this.arity = signature.arity;
    this.run = run;
    this.subcommands = subcommands;
    this.isWrite = flags.has('write');
    this.isReadOnly = flags.has('readonly');
    this.refusedInScript = flags.has('noscript');
    this.isBlocking = flags.has('blocking');
    this.endsTransaction = ['exec', 'discard', 'multi', 'watch', 'quit', 'reset'].includes(this.name);
    this.fitsSubscriber = subscriberCommands.has(this.name);
    this.isTimed = !flags.has('fast') && signature.group !== 'string' && !flags.has('skip_slowlog');
  }

  /** Whether a call with so many arguments (the name included) fits. */
  fits(count: number): boolean {
    return this.arity > 0 ? count === this.arity : count >= -this.arity;
  }
}

/** Counts from zero again, subcommands too. */
export function resetCounters<Client>(entries: Iterable<CommandEntry<Client>>): void {
  for (const entry of entries) {
    entry.calls = 0;
    entry.failed = 0;
    entry.rejected = 0;
    entry.microseconds = 0;
    if (entry.subcommands !== undefined) resetCounters(entry.subcommands.values());
  }
}

const subscriberCommands: ReadonlySet<string> = new Set([
  'ping',
  'subscribe',
  'ssubscribe',
  'psubscribe',
  'unsubscribe',
  'sunsubscribe',
  'punsubscribe',
  'quit',
  'reset',
]);
