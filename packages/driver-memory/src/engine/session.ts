import type { BlockedState } from './blocking.js';
import type { CommandEntry, CommandRun } from './command-entry.js';
import type { Database } from './database.js';
import type { EngineState } from './engine-state.js';
import { findCommand } from './find-command.js';
import { BLOCKED, CommandError, DoubleReply, MapReply, NO_REPLY, type Reply, SetReply } from './reply.js';
import type { TrackingState } from './tracking.js';
import type { User } from './user.js';

/** One command waiting for its turn, and who is to hear the answer. */
interface Submitted {
  readonly args: readonly string[];
  readonly respond: (reply: Reply) => void;
}

/** A command that runs for a session. */
export type Command = CommandEntry<Session>;

/** What runs a command for a session. */
export type CommandFunction = CommandRun<Session>;

/** What a session reaches: all that sessions share, and the engine above them. */
export interface SessionEngine extends EngineState {
  /** Open sessions by id. */
  readonly sessions: ReadonlyMap<number, Session>;
  readonly commands: ReadonlyMap<string, Command>;
  /** The session that scripts run commands on: no client's, and nothing may wait there. */
  readonly scriptSession: Session;
  /** Runs a command of a session's client, then whatever it set in motion. */
  execute(session: Session, args: readonly string[]): Reply;
  /** Ends a session and all it held. `silent`: its owner knows. */
  closeSession(session: Session, silent?: boolean): void;
  /** Forgets the watched keys of a session. */
  unwatch(session: Session): void;
}

/** A command queued by MULTI. */
export interface QueuedCommand {
  readonly command: Command;
  readonly args: readonly string[];
}

/** A key watched for a transaction; `expired`: it was past its deadline already when WATCH came. */
export interface WatchedKey {
  readonly database: Database;
  readonly key: string;
  readonly expired: boolean;
}

/** What an engine tells the owner of a session beside replies. */
export interface SessionEvents {
  /** A message, a confirmation of a subscription, or an invalidation: the items of the push in order. */
  push(items: readonly Reply[]): void;
  /** The engine closed the session (CLIENT KILL, QUIT, a fault). */
  closed(): void;
}

/** No writes to keys, and yet they wait while only writes are paused. */
const replicates: ReadonlySet<string> = new Set(
  'eval evalsha fcall publish spublish pfcount script|load'.split(' '),
);

/** One client of an engine: everything a connection of Redis remembers. */
export class Session {
  readonly engine: SessionEngine;
  readonly id: number;
  readonly events: SessionEvents;
  readonly createdAt: number;
  readonly address: string;
  db: Database;
  name = '';
  libraryName = '';
  libraryVersion = '';
  protocol: 2 | 3 = 2;
  /** ASKING holds for the next command, or the transaction that it begins: 2 before that, 1 while it runs. */
  asking: 0 | 1 | 2 = 0;
  /** Commands since MULTI; undefined outside of a transaction. */
  queued: QueuedCommand[] | undefined = undefined;
  /** A command was refused while queueing: EXEC will abort. */
  queueBroken = false;
  watched: WatchedKey[] = [];
  /** A watched key changed: EXEC will answer null. */
  watchBroken = false;
  readonly channels: Set<string> = new Set();
  readonly patterns: Set<string> = new Set();
  readonly shardChannels: Set<string> = new Set();
  tracking: TrackingState | undefined = undefined;
  blocked: BlockedState | undefined = undefined;
  /** Inside EXEC or a script nothing may wait: blocking commands answer as if their time were up. */
  mayBlock = true;
  inScript = false;
  noEvict = false;
  /** Who is logged in; undefined: the default user, who may do everything. */
  user: User | undefined = undefined;
  isClosed = false;
  /** Where the client came in, as CLIENT LIST shows it. */
  localAddress = 'memory:0';
  /** False for a client that has to log in first. */
  isAuthenticated = true;
  /** CLIENT REPLY: nothing is answered while off, and nothing to the next command after skip. */
  replyMode: 'on' | 'off' | 'skip' = 'on';
  /** Sees every command of all clients. */
  isMonitor = false;
  /** Only this key may serve the command under way: one that was served from it is done again. */
  servedKey: string | undefined = undefined;
  /** The arguments of the command under way, kept while there is a journal. */
  currentArgs: readonly string[] = [];
  /** Called when commands that had to wait may run again. */
  released: () => void = () => undefined;
  lastCommand = '';
  lastActiveAt: number;
  #backlog: Submitted[] = [];
  #respond: ((reply: Reply) => void) | undefined;

  constructor(engine: SessionEngine, id: number, events: SessionEvents, address: string) {
    this.engine = engine;
    this.id = id;
    this.events = events;
    this.address = address;
    this.db = engine.database(0);
    this.createdAt = engine.now;
    this.lastActiveAt = engine.now;
  }

  /** Runs one command when those before it are done; `respond` may be called at once. */
  submit(args: readonly string[], respond: (reply: Reply) => void): void {
    if (this.blocked !== undefined || this.#backlog.length > 0) {
      this.#backlog.push({ args, respond });
      return;
    }
    if (this.engine.pause.isActive && this.#isPutOff(args)) {
      this.#backlog.push({ args, respond });
      this.engine.pause.putOff(this);
      return;
    }
    const reply = this.engine.execute(this, args);
    if (reply === BLOCKED) this.#respond = respond;
    else if (reply !== NO_REPLY) respond(reply);
  }

  /** A command of this client waits, and those behind it. */
  get isWaiting(): boolean {
    return this.blocked !== undefined || this.#backlog.length > 0;
  }

  #isPutOff(args: readonly string[]): boolean {
    const command = findCommand(this.engine.commands, args);
    if (command instanceof CommandError) return this.engine.pause.holds(false);
    const mayWrite =
      command.isWrite ||
      replicates.has(command.name) ||
      (command.name === 'exec' && this.queued?.some((queued) => queued.command.isWrite) === true);
    return this.engine.pause.holds(mayWrite);
  }

  /** The answer of a command that waited. */
  wake(reply: Reply): void {
    const respond = this.#respond;
    this.#respond = undefined;
    respond?.(reply);
  }

  /** Runs what came while the session was blocked. */
  drain(): void {
    while (this.blocked === undefined && !this.isClosed) {
      const next = this.#backlog[0];
      if (next === undefined) {
        this.released();
        return;
      }
      if (this.engine.pause.isActive && this.#isPutOff(next.args)) {
        this.engine.pause.putOff(this);
        return;
      }
      this.#backlog.shift();
      const reply = this.engine.execute(this, next.args);
      if (reply === BLOCKED) this.#respond = next.respond;
      else if (reply !== NO_REPLY) next.respond(reply);
    }
  }

  /** Forgets unanswered commands; used when the connection is gone. */
  dropBacklog(): void {
    this.#backlog = [];
    this.#respond = undefined;
  }

  push(items: readonly Reply[]): void {
    if (!this.isClosed) this.events.push(items);
  }

  get subscriptions(): number {
    return this.channels.size + this.patterns.size;
  }

  /** True where RESP2 allows subscription commands only. */
  get isSubscriber(): boolean {
    return this.channels.size > 0 || this.patterns.size > 0 || this.shardChannels.size > 0;
  }

  /** A map for RESP3, the flat array for RESP2. */
  map(flat: readonly Reply[]): Reply {
    return this.protocol === 3 ? new MapReply(flat) : flat;
  }

  /** A set for RESP3, the array for RESP2. */
  set(items: readonly Reply[]): Reply {
    return this.protocol === 3 ? new SetReply(items) : items;
  }

  /** A double for RESP3, its text for RESP2. */
  double(value: number): Reply {
    const text = this.engine.formatDouble(value);
    return this.protocol === 3 ? new DoubleReply(text) : text;
  }
}
