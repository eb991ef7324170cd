import { ClosedError, ConnectionError } from '@penknife/core';
import { authenticate } from '../commands/connection/connection.js';
import type { Engine } from '../engine/engine.js';
import type { Session, SessionEvents } from '../engine/session.js';
import { ScriptedFailures } from './scripted-failures.js';
import { toBytes } from './text.js';
import { serverError } from './to-reply.js';

/** As whom a driver's connections log in. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A connection as the world knows it: something that can be lost, and told when it may come back. */
export interface Connection {
  /** The session it lives by; undefined while it has none. */
  readonly session: Session | undefined;
  /** The connection is gone, for this reason. */
  lost(error: ConnectionError): void;
  /** The engine takes connections again. */
  reachable(): void;
}

type State = 'up' | 'paused' | 'down';

/** What lies between clients and an engine: connections that can be cut, refused and held up. */
export class World {
  /** Calls that are to fail. */
  readonly failures: ScriptedFailures;
  #engine: Engine;
  readonly #connections = new Set<Connection>();
  /** Calls written while the engine was held up, in order. */
  #held: (() => void)[] = [];
  #state: State = 'up';
  #isClosed = false;
  #failure: Error | undefined;
  #nextPort = 1;

  constructor(engine: Engine, failures: ScriptedFailures = new ScriptedFailures()) {
    this.#engine = engine;
    this.failures = failures;
  }

  get engine(): Engine {
    return this.#engine;
  }

  get state(): State {
    return this.#state;
  }

  /** Why nothing can be kept any more: since then no answer counts. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Throws ClosedError when it was ended for good. */
  refuseClosed(): void {
    if (this.#isClosed) throw new ClosedError('engine');
  }

  /** Registers a connection; it hears of cuts until `leave`. */
  join(connection: Connection): void {
    this.#connections.add(connection);
  }

  leave(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** A new session, logged in; throws ConnectionError while the engine refuses, and for a wrong password. */
  openSession(events: SessionEvents, credentials?: Credentials, address?: string): Session {
    if (this.#state === 'down') throw new ConnectionError('the engine refuses connections', { sent: 'no' });
    const session = this.engine.openSession(events, address ?? `memory:${this.#nextPort++}`);
    const refused =
      credentials && authenticate(session, toBytes(credentials.username), toBytes(credentials.password));
    if (refused === undefined) return session;
    this.engine.closeSession(session, true);
    throw new ConnectionError('the engine refused the credentials', {
      sent: 'no',
      cause: serverError(refused, 'AUTH'),
    });
  }

  /** Runs now, or when the engine goes on after a pause. */
  whenRunning(act: () => void): void {
    if (this.#state === 'paused') this.#held.push(act);
    else act();
  }

  /** Every connection breaks; all may connect again at once. */
  cut(): void {
    this.#held = [];
    for (const connection of [...this.#connections]) this.#cutOff(connection);
  }

  /** The connection of this session breaks. */
  cutSession(session: Session): void {
    for (const connection of [...this.#connections])
      if (connection.session === session) this.#cutOff(connection);
  }

  #cutOff(connection: Connection): void {
    if (connection.session === undefined) return;
    this.engine.closeSession(connection.session, true);
    connection.lost(new ConnectionError('the connection was cut', { sent: 'maybe', cause: this.#failure }));
  }

  /** Every connection breaks, and none is taken until `restore`. */
  refuse(): void {
    this.#state = 'down';
    this.cut();
  }

  /** Connections stay, and nothing is answered until `resume`, `restore` or a cut. */
  pause(): void {
    if (this.#state === 'up') this.#state = 'paused';
  }

  /** Goes on after a pause: what was written meanwhile runs in its order. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'up';
    for (const act of this.#held.splice(0)) act();
  }

  /** Takes connections again. Throws ClosedError when it was ended for good. */
  restore(): void {
    this.refuseClosed();
    this.resume();
    if (this.#state !== 'down') return;
    this.#state = 'up';
    for (const connection of [...this.#connections]) connection.reachable();
  }

  /** Another engine takes its place: everything is connected to that one from now on, as at the beginning. */
  replace(engine: Engine): void {
    this.#engine.expiryTimer.close();
    this.#nextPort = 1;
    this.#state = 'up';
    this.cut();
    this.#engine.close();
    this.#engine = engine;
  }

  /** Ends the engine and everything connected to it, for good. */
  close(): void {
    this.#isClosed = true;
    this.refuse();
    this.engine.close();
    this.#connections.clear();
  }

  /** The same, because what it answers cannot be kept. */
  fail(failure: Error): void {
    this.#failure = failure;
    this.close();
  }
}
