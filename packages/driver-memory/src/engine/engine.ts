import type { Clock, RandomSource } from '@penknife/core';
import { formatDouble } from '../structures/numbers/format-double.js';
import { Blocking } from './blocking.js';
import type { CommandEntry } from './command-entry.js';
import { Database } from './database.js';
import { execute } from './execute.js';
import { ExpiryTimer, expireDue } from './expiry-timer.js';
import { Notifications } from './notifications.js';
import { PubSub } from './pub-sub.js';
import type { Reply } from './reply.js';
import type { ScriptCache } from './script-cache.js';
import { Session, type SessionEvents } from './session.js';
import { Settings } from './settings.js';
import { SlowLog } from './slow-log.js';
import { Tracking } from './tracking.js';

/** What an engine is made of. */
export interface EngineParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly databases: number;
  readonly commands: ReadonlyMap<string, CommandEntry>;
  readonly scripts: ScriptCache;
}

/** Counters of INFO. */
export interface Statistics {
  commands: number;
  connections: number;
  hits: number;
  misses: number;
  expired: number;
  errors: Map<string, number>;
}

/**
 * A Redis without its network: databases, sessions, and the one thread of execution that all commands share. Time and
 * chance come from outside; with a manual clock and a seed every run is the same.
 */
export class Engine {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly commands: ReadonlyMap<string, CommandEntry>;
  readonly scripts: ScriptCache;
  readonly config: Settings;
  readonly pubSub: PubSub = new PubSub();
  readonly notifications: Notifications = new Notifications(this.pubSub, () => this.config.notifies);
  readonly blocking: Blocking = new Blocking();
  readonly slowLog: SlowLog = new SlowLog();
  readonly sessions: Map<number, Session> = new Map();
  readonly tracking: Tracking = new Tracking((id) => this.sessions.get(id));
  readonly expiryTimer: ExpiryTimer;
  readonly startedAt: number;
  readonly runId: string;
  stats: Statistics = freshStatistics();
  /** Milliseconds since 1970 when the command under way began: a command sees one time. */
  now: number;
  /** The same in seconds. */
  seconds: number;
  /** Changes ever made. */
  dirty = 0;
  /** Answers every command with LOADING, as a server that reads its data. */
  loading = false;
  readonly #databases: Database[] = [];
  #lastSessionId = 0;
  #scriptSession: Session | undefined;
  #depth = 0;
  #settling = false;

  constructor(parts: EngineParts) {
    this.clock = parts.clock;
    this.random = parts.random;
    this.commands = parts.commands;
    this.scripts = parts.scripts;
    this.config = new Settings(parts.databases);
    this.now = Math.floor(parts.clock.now());
    this.seconds = Math.floor(this.now / 1000);
    this.startedAt = this.now;
    this.runId = Buffer.from(parts.random.bytes(20)).toString('hex');
    this.expiryTimer = new ExpiryTimer(
      parts.clock,
      () => this.#databases,
      () => {
        this.refreshTime();
        for (const database of this.#databases) expireDue(database, this.now);
        this.settle();
      },
    );
  }

  get databases(): readonly Database[] {
    return this.#databases;
  }

  /** The database of a number below `databases`; made at its first use. */
  database(index: number): Database {
    while (this.#databases.length <= index) this.#databases.push(new Database(this, this.#databases.length));
    return this.#databases[index] as Database;
  }

  refreshTime(): void {
    this.now = Math.floor(this.clock.now());
    this.seconds = Math.floor(this.now / 1000);
  }

  openSession(events: SessionEvents, address = 'memory:0'): Session {
    this.refreshTime();
    const session = new Session(this, ++this.#lastSessionId, events, address);
    this.sessions.set(session.id, session);
    this.stats.connections++;
    return session;
  }

  /** The session that scripts run commands on: no client's, and nothing may wait there. */
  get scriptSession(): Session {
    if (this.#scriptSession === undefined) {
      this.#scriptSession = new Session(this, 0, { push: () => undefined, closed: () => undefined }, 'lua');
      this.#scriptSession.mayBlock = false;
      this.#scriptSession.inScript = true;
    }
    return this.#scriptSession;
  }

  /** Ends a session and all it held. `silent`: its owner knows. */
  closeSession(session: Session, silent = false): void {
    if (session.isClosed) return;
    session.isClosed = true;
    this.sessions.delete(session.id);
    this.blocking.forget(session);
    session.dropBacklog();
    this.pubSub.forget(session);
    this.tracking.disable(session);
    this.unwatch(session);
    if (!silent) session.events.closed();
  }

  /** Forgets the watched keys of a session. */
  unwatch(session: Session): void {
    for (const { database, key } of session.watched) {
      const watchers = database.watchers.get(key);
      watchers?.delete(session);
      if (watchers?.size === 0) database.watchers.delete(key);
    }
    session.watched = [];
    session.watchBroken = false;
  }

  /** Runs a command of a session's client, then whatever it set in motion. */
  execute(session: Session, args: readonly string[]): Reply {
    if (this.#depth === 0) {
      const now = Math.floor(this.clock.now());
      if (now !== this.now) {
        this.now = now;
        this.seconds = Math.floor(now / 1000);
      }
    }
    this.#depth++;
    let reply: Reply;
    try {
      reply = execute(session, args);
    } finally {
      this.#depth--;
    }
    if (this.#depth === 0 && (this.blocking.pending || this.tracking.pending)) this.settle();
    return reply;
  }

  /** Serves blocked sessions and tells trackers, once, however deep it is called from. */
  settle(): void {
    if (this.#settling || this.#depth > 0) return;
    this.#settling = true;
    try {
      while (this.blocking.pending || this.tracking.pending) {
        this.tracking.deliver();
        this.blocking.serve();
      }
    } finally {
      this.#settling = false;
    }
  }

  formatDouble(value: number): string {
    return formatDouble(value, 'seventeen-digits');
  }

  /** Removes all keys of all databases. */
  flushAll(): void {
    this.refreshTime();
    for (const database of this.#databases) database.flush();
    this.tracking.flushed();
    this.settle();
  }

  /** A whole number from 0 to below `limit`. */
  pick(limit: number): number {
    return Math.floor(this.random.fraction() * limit);
  }

  /** Ends everything: no timer stays armed, every session is closed. */
  close(): void {
    this.expiryTimer.close();
    for (const session of [...this.sessions.values()]) this.closeSession(session);
  }
}

export function freshStatistics(): Statistics {
  return { commands: 0, connections: 0, hits: 0, misses: 0, expired: 0, errors: new Map() };
}
