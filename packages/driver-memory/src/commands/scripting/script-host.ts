import type { HostReply, LuaHost } from '@penknife/lua';
import { ScriptStopped } from '@penknife/lua';
import { refusal, refusalInScript } from '../../engine/access.js';
import { runCommand } from '../../engine/execute.js';
import { findCommand } from '../../engine/find-command.js';
import {
  BigNumberReply,
  CommandError,
  DoubleReply,
  isArrayReply,
  MapReply,
  Marker,
  type Reply,
  SetReply,
} from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { slotRefusalInScript } from '../../engine/slot-refusal.js';

/** What scripts are told, by the server's name in the texts: Valkey leaves it out of most. */
const texts = {
  redis: {
    unknown: new CommandError('ERR Unknown Redis command called from script'),
    badArity: new CommandError('ERR Wrong number of args calling Redis command from script'),
  },
  valkey: {
    unknown: new CommandError('ERR Unknown command called from script'),
    badArity: new CommandError('ERR Wrong number of args calling command from script'),
  },
} as const;
const refused = new CommandError('ERR This Redis command is not allowed from script');
const refusedByValkey9 = new CommandError('ERR This Valkey command is not allowed from script');
const writeRefused = new CommandError('ERR Write commands are not allowed from read-only scripts.');

/** No writes to keys, and yet refused to scripts that only read: replicas would see them. */
const alsoReplicated: ReadonlySet<string> = new Set(['publish', 'spublish', 'pfcount']);

/**
 * Steps between two looks at the budget, and looks until a script is thought to be endless where no time passes: some seconds
 * of work.
 */
export const stepsPerLook = 10_000_000;
const looksAllowed = 100;

/** What a script reaches: the commands of its engine, on a session of its own in the caller's database. */
export class ScriptHost implements LuaHost {
  readonly protocol: 2 | 3;
  readonly #session: Session;
  readonly #readOnly: boolean;
  readonly #startedAt: number;
  #looks = 0;

  constructor(session: Session, readOnly: boolean, protocol: 2 | 3) {
    this.protocol = protocol;
    this.#session = session;
    this.#readOnly = readOnly;
    this.#startedAt = session.engine.clock.monotonic();
  }

  call(args: readonly string[]): HostReply {
    const session = this.#session;
    const command = findCommand(session.engine.commands, args);
    const { product, compatibility } = session.engine.profile;
    if (command instanceof CommandError) {
      if (compatibility === 'valkey-9' && command.err.startsWith('ERR unknown subcommand')) return command;
      const { badArity, unknown } = texts[product];
      return command.err.startsWith('ERR wrong number') ? badArity : unknown;
    }
    if (command.refusedInScript) return compatibility === 'valkey-9' ? refusedByValkey9 : refused;
    if (this.#readOnly && (command.isWrite || alsoReplicated.has(command.name))) return writeRefused;
    if (session.user !== undefined) {
      const denied = refusal(session.user, command, args);
      if (denied !== undefined) return refusalInScript(denied);
    }
    if (session.engine.cluster !== undefined) {
      const denied = slotRefusalInScript(session, command, args);
      if (denied !== undefined) return denied;
    }
    return plain(runCommand(session, command, args));
  }

  setProtocol(version: 2 | 3): void {
    this.#session.protocol = version;
  }

  aclCheck(args: readonly string[]): boolean | undefined {
    const { engine, user } = this.#session;
    const command = findCommand(engine.commands, args);
    if (command instanceof CommandError) return undefined;
    return user === undefined || refusal(user, command, args) === undefined;
  }

  onSteps(): void {
    const { clock, config } = this.#session.engine;
    // A server would answer others with BUSY from here on, until one of them kills the script. Here nobody else can speak.
    const threshold = Number(config.get('busy-reply-threshold'));
    if (threshold > 0 && clock.monotonic() - this.#startedAt >= threshold) {
      throw new ScriptStopped(`Script stopped after ${threshold} ms (busy-reply-threshold)`);
    }
    if (++this.#looks >= looksAllowed) {
      throw new ScriptStopped(`Script stopped after ${stepsPerLook * looksAllowed} steps`);
    }
  }
}

/** A reply as a script can take it: without the marks that only a connection understands. */
function plain(reply: Reply): HostReply {
  if (typeof reply === 'string' || typeof reply === 'number') return reply;
  if (isArrayReply(reply)) return reply.some(needsWork) ? reply.map(plain) : (reply as HostReply);
  if (typeof reply !== 'object' || reply === null) return reply;
  if (reply instanceof Marker) return null;
  if (reply instanceof MapReply) return { map: reply.flat.map(plain) };
  if (reply instanceof SetReply) return { set: reply.items.map(plain) };
  if (reply instanceof DoubleReply) return { double: reply.text };
  if (reply instanceof BigNumberReply) return { bigNumber: reply.text };
  return reply;
}

function needsWork(reply: Reply): boolean {
  if (isArrayReply(reply)) return reply.some(needsWork);
  return (
    reply instanceof Marker ||
    reply instanceof MapReply ||
    reply instanceof SetReply ||
    reply instanceof DoubleReply
  );
}
