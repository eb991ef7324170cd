import type { Clock, Timer } from '@penknife/core';
import type { Database } from './database.js';
import type { Journal } from './journal.js';
import { CommandError, NULL_ARRAY, type Reply } from './reply.js';
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
  /** Its keys may serve it by themselves, in so many ms at the earliest (XREADGROUP CLAIM). */
  readonly lookAgainMs?: () => number;
}

/** A client's wait. */
export interface BlockedState {
  readonly request: WaitRequest;
  readonly database: Database;
  readonly timer: Timer | undefined;
  lookAgain: Timer | undefined;
  /** The command that waits, for the journal. */
  readonly args: readonly string[];
}

/** One that can wait: a client with its engine's time, its database, and what it does when the wait is over. */
export interface BlockedClient {
  readonly engine: {
    readonly clock: Clock;
    readonly now: number;
    readonly journal: Journal | undefined;
    refreshTime(): void;
    settle(): void;
  };
  readonly currentArgs: readonly string[];
  readonly db: Database;
  blocked: BlockedState | undefined;
  lastActiveAt: number;
  /** Hands over the answer. */
  wake(reply: Reply): void;
  /** Runs what came meanwhile. */
  drain(): void;
}

/** Who waits for a key of a database, in order of arrival. */
type Queues = Map<string, Set<BlockedClient>>;

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
  #unblocked: BlockedClient[] = [];
  readonly #queues = new Map<Database, Queues>();
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
  block(client: BlockedClient, request: WaitRequest): void {
    const { engine, db } = client;
    let queues = this.#queues.get(db);
    if (queues === undefined) {
      queues = new Map();
      this.#queues.set(db, queues);
    }
    for (const key of request.keys) {
      const queue = queues.get(key);
      if (queue === undefined) queues.set(key, new Set([client]));
      else queue.add(client);
    }
    this.#count++;
    const timer =
      request.timeoutMs === 0
        ? undefined
        : engine.clock.timer(request.timeoutMs, () => {
            engine.refreshTime();
            this.unblock(client, request.timeoutReply ?? NULL_ARRAY);
            engine.settle();
          });
    const args = engine.journal === undefined ? [] : [...client.currentArgs];
    client.blocked = { request, database: db, timer, lookAgain: undefined, args };
    if (request.lookAgainMs !== undefined) this.#lookAgainLater(client, client.blocked);
  }

  /** Treats the keys of one that waits as if they had got data, when time may have served it. */
  #lookAgainLater(client: BlockedClient, state: BlockedState): void {
    const { engine } = client;
    state.lookAgain = engine.clock.timer(state.request.lookAgainMs?.() ?? 0, () => {
      engine.refreshTime();
      for (const key of state.request.keys) this.ready(state.database, key);
      engine.settle();
      if (client.blocked === state) this.#lookAgainLater(client, state);
    });
  }

  /** A key got data that somebody may wait for. */
  ready(database: Database, key: string): void {
    if (this.#count === 0 || !this.#isAwaited(database, key)) return;
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
    if (this.#count > 0 && this.#isAwaited(database, key)) this.#gone.push({ database, key });
  }

  /** All keys of a database go, or give way to others (SWAPDB): said before it happens. */
  databaseFlushed(database: Database): void {
    for (const key of this.#queues.get(database)?.keys() ?? []) {
      if (database.entries.get(key)?.kind === 'stream') this.#gone.push({ database, key });
    }
  }

  /** All keys of a database may be there now (SWAPDB). */
  databaseReplaced(database: Database): void {
    for (const key of this.#queues.get(database)?.keys() ?? []) {
      if (database.entries.has(key)) this.ready(database, key);
    }
  }

  /** Ends the wait of a session with this answer. */
  unblock(client: BlockedClient, reply: Reply): void {
    const state = this.#release(client);
    if (state === undefined) return;
    client.lastActiveAt = client.engine.now;
    client.wake(reply);
    this.#unblocked.push(client);
  }

  /** CLIENT UNBLOCK: as if the time were up, or with an error. False when the session does not wait. */
  unblockByOrder(client: BlockedClient, withError: boolean): boolean {
    if (client.blocked === undefined) return false;
    this.unblock(client, withError ? unblockedByError : (client.blocked.request.timeoutReply ?? NULL_ARRAY));
    return true;
  }

  /** A session that is closed waits no longer. */
  forget(client: BlockedClient): void {
    this.#release(client);
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
      for (const client of unblocked) client.drain();
    }
  }

  #serveKey(database: Database, key: string): void {
    const queue = this.#queues.get(database)?.get(key);
    if (queue === undefined) return;
    for (const client of [...queue]) {
      const kind = database.peek(key)?.kind;
      if (kind === undefined) return;
      const request = client.blocked?.request;
      if (request === undefined || request.kind !== kind) continue;
      // What only reads has no arguments here.
      const args = client.blocked?.args ?? [];
      let reply: Reply | undefined;
      try {
        reply = attempt(request, key);
      } catch (error) {
        if (args.length > 0) client.engine.journal?.lost(error);
        throw error;
      }
      if (reply === undefined) continue;
      // Written down before anybody hears of it.
      if (args.length > 0) client.engine.journal?.served({ db: database }, args, key);
      this.unblock(client, reply);
    }
  }

  #endNeedy(database: Database, key: string): void {
    if (database.peek(key)?.kind === 'stream') return;
    for (const client of [...(this.#queues.get(database)?.get(key) ?? [])]) {
      if (client.blocked?.request.needsKey) this.unblock(client, streamGone);
    }
  }

  #isAwaited(database: Database, key: string): boolean {
    return this.#queues.get(database)?.has(key) === true;
  }

  #release(client: BlockedClient): BlockedState | undefined {
    const state = client.blocked;
    if (state === undefined) return undefined;
    client.blocked = undefined;
    state.timer?.cancel();
    state.lookAgain?.cancel();
    this.#count--;
    const queues = this.#queues.get(state.database);
    for (const key of state.request.keys) {
      const queue = queues?.get(key);
      queue?.delete(client);
      if (queue?.size === 0) queues?.delete(key);
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
