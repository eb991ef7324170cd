import type { Timer } from '@penknife/core';
import type { Database } from './database.js';
import { CommandError, NULL_ARRAY, type Reply } from './reply.js';
import type { Session } from './session.js';
import type { Kind } from './value.js';

/** What a blocked command waits for. */
export interface WaitRequest {
  readonly keys: readonly string[];
  /** Only a key of this kind can serve it. */
  readonly kind: Kind;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  /** Takes what it waited for from a key that just got data; undefined when there is nothing in it for this one. */
  attempt(key: string): Reply | undefined;
  /** Answered when the time is up; default: no array. */
  readonly timeoutReply?: Reply;
  /** Ends with an error when its stream is deleted or becomes another kind (XREADGROUP). */
  readonly needsKey?: true;
}

/** A session's wait. */
export interface BlockedState {
  readonly request: WaitRequest;
  readonly database: Database;
  readonly timer: Timer | undefined;
}

const streamGone = new CommandError('UNBLOCKED the stream key no longer exists');
const unblockedByError = new CommandError('UNBLOCKED client unblocked via CLIENT UNBLOCK');

/**
 * Blocked sessions and the keys they wait for. A key that gets data is noted while a command runs; when the command (or
 * the whole transaction or script) is over, those who wait are served, first come first served, until the data is gone.
 */
export class Blocking {
  #ready: { readonly database: Database; readonly key: string }[] = [];
  #noted = new Map<Database, Set<string>>();
  readonly #gone: { readonly database: Database; readonly key: string }[] = [];
  #unblocked: Session[] = [];
  #count = 0;

  /** How many sessions are blocked. */
  get count(): number {
    return this.#count;
  }

  /** True when `serve` has something to do. */
  get pending(): boolean {
    return this.#ready.length > 0 || this.#gone.length > 0 || this.#unblocked.length > 0;
  }

  /** Makes a session wait. */
  block(session: Session, request: WaitRequest): void {
    const { engine, db } = session;
    for (const key of request.keys) {
      const queue = db.waiting.get(key);
      if (queue === undefined) db.waiting.set(key, new Set([session]));
      else queue.add(session);
    }
    this.#count++;
    const timer =
      request.timeoutMs === 0
        ? undefined
        : engine.clock.timer(request.timeoutMs, () => {
            engine.refreshTime();
            this.unblock(session, request.timeoutReply ?? NULL_ARRAY);
            engine.settle();
          });
    session.blocked = { request, database: db, timer };
  }

  /** A key got data that somebody may wait for. */
  ready(database: Database, key: string): void {
    if (this.#count === 0 || !database.waiting.has(key)) return;
    let noted = this.#noted.get(database);
    if (noted === undefined) {
      noted = new Set();
      this.#noted.set(database, noted);
    }
    if (noted.has(key)) return;
    noted.add(key);
    this.#ready.push({ database, key });
  }

  /** A stream was deleted or overwritten. */
  streamGone(database: Database, key: string): void {
    if (this.#count > 0 && database.waiting.has(key)) this.#gone.push({ database, key });
  }

  /** All keys of a database go. */
  databaseFlushed(database: Database): void {
    for (const key of database.waiting.keys()) {
      if (database.entries.get(key)?.kind === 'stream') this.#gone.push({ database, key });
    }
  }

  /** All keys of a database may be there now (SWAPDB). */
  databaseReplaced(database: Database): void {
    for (const key of database.waiting.keys()) if (database.entries.has(key)) this.ready(database, key);
  }

  /** Ends the wait of a session with this answer. */
  unblock(session: Session, reply: Reply): void {
    const state = this.#release(session);
    if (state === undefined) return;
    session.lastActiveAt = session.engine.now;
    session.wake(reply);
    this.#unblocked.push(session);
  }

  /** CLIENT UNBLOCK: as if the time were up, or with an error. False when the session does not wait. */
  unblockByOrder(session: Session, withError: boolean): boolean {
    if (session.blocked === undefined) return false;
    this.unblock(
      session,
      withError ? unblockedByError : (session.blocked.request.timeoutReply ?? NULL_ARRAY),
    );
    return true;
  }

  /** A session that is closed waits no longer. */
  forget(session: Session): void {
    this.#release(session);
  }

  /** Serves those who wait, then runs what their sessions were sent meanwhile. */
  serve(): void {
    while (this.pending) {
      for (const { database, key } of this.#gone.splice(0)) this.#endNeedy(database, key);
      const ready = this.#ready;
      this.#ready = [];
      this.#noted = new Map();
      for (const { database, key } of ready) this.#serveKey(database, key);
      const unblocked = this.#unblocked;
      this.#unblocked = [];
      for (const session of unblocked) session.drain();
    }
  }

  #serveKey(database: Database, key: string): void {
    const queue = database.waiting.get(key);
    if (queue === undefined) return;
    for (const session of [...queue]) {
      const kind = database.peek(key)?.kind;
      if (kind === undefined) return;
      const request = session.blocked?.request;
      if (request === undefined || request.kind !== kind) continue;
      const reply = attempt(request, key);
      if (reply !== undefined) this.unblock(session, reply);
    }
  }

  #endNeedy(database: Database, key: string): void {
    if (database.peek(key)?.kind === 'stream') return;
    for (const session of [...(database.waiting.get(key) ?? [])]) {
      if (session.blocked?.request.needsKey) this.unblock(session, streamGone);
    }
  }

  #release(session: Session): BlockedState | undefined {
    const state = session.blocked;
    if (state === undefined) return undefined;
    session.blocked = undefined;
    state.timer?.cancel();
    this.#count--;
    const { waiting } = state.database;
    for (const key of state.request.keys) {
      const queue = waiting.get(key);
      queue?.delete(session);
      if (queue?.size === 0) waiting.delete(key);
    }
    return state;
  }
}

function attempt(request: WaitRequest, key: string): Reply | undefined {
  try {
    return request.attempt(key);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}
