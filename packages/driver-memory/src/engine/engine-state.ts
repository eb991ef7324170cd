import type { Clock, RandomSource } from '@penknife/core';
import { formatDouble } from '../structures/numbers/format-double.js';
import { Blocking } from './blocking.js';
import { ClientPause } from './client-pause.js';
import type { ClusterMember } from './cluster-member.js';
import { Database } from './database.js';
import { ExpiryTimer, expireDue } from './expiry-timer.js';
import { FunctionLibraries } from './function-libraries.js';
import type { Journal } from './journal.js';
import { Notifications } from './notifications.js';
import { PubSub } from './pub-sub.js';
import type { Reply } from './reply.js';
import type { ScriptCache } from './script-cache.js';
import { defaultProfile, type ServerProfile } from './server-profile.js';
import { Settings } from './settings.js';
import { SlowLog } from './slow-log.js';
import { freshStatistics, type Statistics } from './statistics.js';
import { type TrackedClient, Tracking } from './tracking.js';
import type { User } from './user.js';

/** What the state of an engine is made of. */
export interface EngineStateParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly databases: number;
  readonly scripts: ScriptCache;
  /** The server it behaves as. Default: Redis 7.0. */
  readonly profile?: ServerProfile;
}

/**
 * All that the sessions of an engine share: time, chance, databases, settings, and who waits, listens or tracks. It
 * knows nothing of sessions and commands beyond the narrow faces they show to each part.
 */
export class EngineState {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly scripts: ScriptCache;
  readonly profile: ServerProfile;
  readonly functions: FunctionLibraries;
  readonly config: Settings;
  readonly pubSub: PubSub = new PubSub();
  readonly notifications: Notifications = new Notifications(this.pubSub, () => this.config.notifies);
  readonly blocking: Blocking = new Blocking();
  readonly slowLog: SlowLog = new SlowLog();
  readonly tracking: Tracking;
  readonly expiryTimer: ExpiryTimer;
  /** Users made with ACL SETUSER, by name; the default user, who may do everything, is not among them. */
  readonly users: Map<string, User> = new Map();
  /** Those that see every command. */
  readonly monitors: Set<{ push(items: readonly Reply[]): void }> = new Set();
  readonly pause: ClientPause;
  /** What SHUTDOWN ends: the servers in front of the engine. */
  readonly shutdownHandlers: Set<() => void> = new Set();
  /** Called before replies leave the process: what they acknowledge must be kept by then. */
  beforeReplies: () => void = () => undefined;
  /** Commands of a turn are kept together at its end: until then none is acknowledged. */
  repliesWait = false;
  readonly startedAt: number;
  readonly runId: string;
  stats: Statistics = freshStatistics();
  /** Milliseconds since 1970 when the command under way began: a command sees one time. */
  now: number;
  /** The same in seconds. */
  seconds: number;
  /** Where changes are written down; undefined: nowhere. */
  journal: Journal | undefined = undefined;
  /** The cluster it is a node of; undefined: none. */
  cluster: ClusterMember | undefined = undefined;
  /** Time stands where `giveTime` put it. */
  timeIsGiven = false;
  /** Changes ever made. */
  dirty = 0;
  /** While above 0 every command is answered with LOADING, as by a server that reads its data: how many say so. */
  loading = 0;
  /** Commands under way: more than one while a session's owner answers a reply with another command. */
  protected depth = 0;
  readonly #databases: Database[] = [];
  #settling = false;
  /** The clock's monotonic time when `now` became what it is. */
  #nowSeenAt: number;
  #commandMicroseconds: number | undefined = undefined;

  constructor(parts: EngineStateParts, clientById: (id: number) => TrackedClient | undefined) {
    this.clock = parts.clock;
    this.random = parts.random;
    this.scripts = parts.scripts;
    this.profile = parts.profile ?? defaultProfile;
    this.functions = new FunctionLibraries(this.profile);
    this.config = new Settings(parts.databases, this.profile);
    this.pause = new ClientPause(parts.clock);
    this.tracking = new Tracking(clientById);
    this.now = Math.floor(parts.clock.now());
    this.seconds = Math.floor(this.now / 1000);
    this.#nowSeenAt = parts.clock.monotonic();
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

  /** Sets the engine's time, for what is done again, until `timeIsGiven` is taken back. */
  giveTime(nowMs: number): void {
    this.timeIsGiven = true;
    this.now = nowMs;
    this.seconds = Math.floor(nowMs / 1000);
  }

  refreshTime(): void {
    this.#commandMicroseconds = undefined;
    if (this.timeIsGiven) return;
    const exact = this.clock.now();
    const now = Math.floor(exact);
    if (now === this.now) return;
    this.now = now;
    this.seconds = Math.floor(now / 1000);
    this.#nowSeenAt = this.clock.monotonic() - (exact - now);
  }

  /**
   * Microseconds since 1970: `now`, and what has passed since it was seen first, up to the next millisecond. So a command's time
   * never runs ahead of the deadlines it is compared with, and a manual clock gives whole milliseconds.
   */
  get microseconds(): number {
    if (this.timeIsGiven) return this.now * 1000;
    const passed = Math.floor((this.clock.monotonic() - this.#nowSeenAt) * 1000);
    return this.now * 1000 + Math.min(Math.max(passed, 0), 999);
  }

  /** The same, as it was when the command of the client under way asked first. */
  get commandMicroseconds(): number {
    this.#commandMicroseconds ??= this.microseconds;
    return this.#commandMicroseconds;
  }

  /** Serves blocked sessions and tells trackers, once, however deep it is called from. */
  settle(): void {
    if (this.#settling || this.depth > 0) return;
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
    return formatDouble(value, this.profile.doubles);
  }

  /** Removes all keys of all databases. */
  flushAll(): void {
    this.refreshTime();
    for (const database of this.#databases) {
      database.flush();
      this.journal?.ran({ db: database }, ['FLUSHDB'], null);
    }
    this.tracking.flushed();
    this.settle();
  }

  /** A whole number from 0 to below `limit`. */
  pick(limit: number): number {
    return Math.floor(this.random.fraction() * limit);
  }
}
