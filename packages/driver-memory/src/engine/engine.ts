import { EngineState, type EngineStateParts } from './engine-state.js';
import { execute } from './execute.js';
import type { Reply } from './reply.js';
import { type Command, Session, type SessionEngine, type SessionEvents } from './session.js';

/** What an engine is made of. */
export interface EngineParts extends EngineStateParts {
  readonly commands: ReadonlyMap<string, Command>;
}

/**
 * A Redis without its network: databases, sessions, and the one thread of execution that all commands share. Time and
 * chance come from outside; with a manual clock and a seed every run is the same.
 */
export class Engine extends EngineState implements SessionEngine {
  readonly commands: ReadonlyMap<string, Command>;
  readonly sessions: Map<number, Session>;
  #lastSessionId = 0;
  #scriptSession: Session | undefined;

  constructor(parts: EngineParts) {
    const sessions = new Map<number, Session>();
    super(parts, (id) => sessions.get(id));
    this.sessions = sessions;
    this.commands = parts.commands;
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
    this.monitors.delete(session);
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
    if (this.depth === 0) this.refreshTime();
    this.depth++;
    let reply: Reply;
    try {
      reply = execute(session, args);
    } finally {
      this.depth--;
    }
    if (this.depth === 0) {
      if (this.blocking.pending || this.tracking.pending) this.settle();
      this.journal?.commandDone();
    }
    return reply;
  }

  /** Ends everything: no timer stays armed, every session is closed. */
  close(): void {
    this.expiryTimer.close();
    this.pause.close();
    for (const session of [...this.sessions.values()]) this.closeSession(session);
  }
}
