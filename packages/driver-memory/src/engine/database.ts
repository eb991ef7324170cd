import { ExpiryIndex } from '../structures/expiry/expiry-index.js';
import type { FieldHash } from '../structures/hash-table/field-hash.js';
import { HashTable } from '../structures/hash-table/hash-table.js';
import { wrongType } from './errors.js';
import type { MutableBytes } from './mutable-bytes.js';
import { KeyEntry, type Kind, type KindValues, type Value } from './value.js';

/** One that watches keys for its transaction. */
export interface Watcher {
  watchBroken: boolean;
}

/** What a database reads of its engine, and whom it tells. */
export interface DatabaseEngine {
  /** Milliseconds since 1970 when the command under way began. */
  readonly now: number;
  /** The same in seconds. */
  readonly seconds: number;
  /** Changes ever made. */
  dirty: number;
  readonly stats: { hits: number; misses: number; expired: number };
  readonly config: { readonly notifies: number };
  readonly notifications: { notify(type: string, event: string, key: string, database: number): void };
  readonly blocking: {
    ready(database: Database, key: string): void;
    streamGone(database: Database, key: string): void;
    databaseFlushed(database: Database): void;
  };
  readonly tracking: { readonly active: boolean; changed(key: string, by: object | undefined): void };
  readonly expiryTimer: { arm(deadlineMs: number): void };
}

/**
 * One numbered database: keys, their deadlines, and who watches them. Every read goes through a lookup that first
 * removes a key past its deadline; every change ends in `touched`, which tells watchers, trackers and waiters.
 */
export class Database {
  readonly engine: DatabaseEngine;
  readonly index: number;
  /** Replaced as a whole by SWAPDB. */
  entries: HashTable<KeyEntry> = new HashTable();
  expiries: ExpiryIndex = new ExpiryIndex();
  /** Hashes with fields that have deadlines, by the earliest of them. Replaced by SWAPDB, too. */
  fieldExpiries: ExpiryIndex = new ExpiryIndex();
  readonly watchers: Map<string, Set<Watcher>> = new Map();

  constructor(engine: DatabaseEngine, index: number) {
    this.engine = engine;
    this.index = index;
  }

  /** The entry of a key that is there now, without counting as an access. */
  peek(key: string): KeyEntry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresAt !== undefined && this.engine.now > entry.expiresAt) {
      this.expire(key);
      return undefined;
    }
    if (entry?.kind === 'hash' && this.engine.now > (entry.value as FieldHash).nextDeadlineMs) {
      return this.expireFields(key, entry) ? entry : undefined;
    }
    return entry;
  }

  /** The entry for a command that reads: counts a hit or a miss. */
  lookup(key: string): KeyEntry | undefined {
    const entry = this.peek(key);
    if (entry === undefined) {
      this.engine.stats.misses++;
      if (this.engine.config.notifies !== 0) this.notify('m', 'keymiss', key);
      return undefined;
    }
    this.engine.stats.hits++;
    entry.accessedAt = this.engine.seconds;
    return entry;
  }

  /** The entry for a command that writes. */
  lookupForWrite(key: string): KeyEntry | undefined {
    const entry = this.peek(key);
    if (entry !== undefined) entry.accessedAt = this.engine.seconds;
    return entry;
  }

  /** The value of a key for reading; throws WRONGTYPE when it is of another kind. */
  read<K extends Kind>(key: string, kind: K): KindValues[K] | undefined {
    const entry = this.lookup(key);
    if (entry === undefined) return undefined;
    if (entry.kind !== kind) throw wrongType;
    return entry.value as KindValues[K];
  }

  /** The entry of a key for writing; throws WRONGTYPE when it is of another kind. */
  entryFor<K extends Kind>(key: string, kind: K): (KeyEntry & { value: KindValues[K] }) | undefined {
    const entry = this.lookupForWrite(key);
    if (entry === undefined) return undefined;
    if (entry.kind !== kind) throw wrongType;
    return entry as KeyEntry & { value: KindValues[K] };
  }

  /** The value of a key for writing; throws WRONGTYPE when it is of another kind. */
  write<K extends Kind>(key: string, kind: K): KindValues[K] | undefined {
    return this.entryFor(key, kind)?.value;
  }

  /** The text of a string key for reading. */
  text(key: string): string | undefined {
    const value: string | MutableBytes | undefined = this.read(key, 'string');
    return value === undefined || typeof value === 'string' ? value : value.toString();
  }

  /** Adds a key the caller knows to be absent. */
  add<K extends Kind>(key: string, kind: K, value: KindValues[K]): KeyEntry & { value: KindValues[K] } {
    const entry = new KeyEntry(value, kind, this.engine.seconds);
    this.entries.insert(key, entry);
    if (kind === 'hash') this.noteFields(key, value as FieldHash);
    if (kind === 'list' || kind === 'zset' || kind === 'stream') this.engine.blocking.ready(this, key);
    if (this.engine.config.notifies !== 0) this.notify('n', 'new', key);
    return entry as KeyEntry & { value: KindValues[K] };
  }

  /** Sets a key whatever it held before; its deadline goes unless kept. Does not tell: call `touched`. */
  replace(key: string, kind: Kind, value: Value, keepExpiry = false): KeyEntry {
    const entry = this.peek(key);
    if (entry === undefined) return this.add(key, kind, value as never);
    if (!keepExpiry && entry.expiresAt !== undefined) this.clearExpiry(key, entry);
    if (entry.kind === 'stream') this.engine.blocking.streamGone(this, key);
    if (entry.kind === 'hash') this.fieldExpiries.delete(key);
    entry.value = value;
    entry.kind = kind;
    entry.grown = false;
    if (kind === 'hash') this.noteFields(key, value as FieldHash);
    entry.accessedAt = this.engine.seconds;
    // Whoever waits for the key is not served: Redis 7.0 looks only at keys that are new.
    return entry;
  }

  /** Removes a key; false when it was not there. Does not tell: call `touched`. */
  remove(key: string): boolean {
    const at = this.entries.indexOf(key);
    if (at < 0) return false;
    const entry = this.entries.valueAt(at);
    if (entry.expiresAt !== undefined) this.expiries.delete(key);
    if (entry.kind === 'stream') this.engine.blocking.streamGone(this, key);
    if (entry.kind === 'hash') this.fieldExpiries.delete(key);
    this.entries.deleteAt(at);
    return true;
  }

  /** Removes a key whose collection became empty, and says so. */
  removeEmpty(key: string): void {
    this.remove(key);
    this.notify('g', 'del', key);
  }

  setExpiry(key: string, entry: KeyEntry, deadlineMs: number): void {
    entry.expiresAt = deadlineMs;
    this.expiries.set(key, deadlineMs);
    this.engine.expiryTimer.arm(deadlineMs);
  }

  clearExpiry(key: string, entry: KeyEntry): void {
    entry.expiresAt = undefined;
    this.expiries.delete(key);
  }

  /** A key past its deadline goes. */
  expire(key: string): void {
    this.remove(key);
    this.engine.stats.expired++;
    this.notify('x', 'expired', key);
    this.touched(key);
  }

  /** Deadlines of a hash's fields were given or taken: its next one is waited for. */
  noteFields(key: string, { nextDeadlineMs }: FieldHash): void {
    if (nextDeadlineMs === Number.POSITIVE_INFINITY) {
      this.fieldExpiries.delete(key);
      return;
    }
    this.fieldExpiries.set(key, nextDeadlineMs);
    this.engine.expiryTimer.arm(nextDeadlineMs);
  }

  /** Fields past their deadline go, and the hash with the last of them. False when it is gone. */
  expireFields(key: string, entry: KeyEntry): boolean {
    const hash = entry.value as FieldHash;
    hash.removeDue(this.engine.now);
    this.noteFields(key, hash);
    this.notify('h', 'hexpired', key);
    if (hash.size === 0) this.removeEmpty(key);
    this.touched(key);
    return hash.size > 0;
  }

  /** A key was changed: by this session, or by the engine itself. */
  touched(key: string, by?: object): void {
    this.engine.dirty++;
    if (this.watchers.size > 0) {
      const sessions = this.watchers.get(key);
      if (sessions !== undefined) for (const session of sessions) session.watchBroken = true;
    }
    if (this.engine.tracking.active) this.engine.tracking.changed(key, by);
  }

  /** `touched` and the keyspace notification in one. */
  changed(key: string, type: string, event: string, by?: object): void {
    this.touched(key, by);
    if (this.engine.config.notifies !== 0) this.notify(type, event, key);
  }

  /** A change that no watcher and tracker is told of, as those of consumer groups: it counts, and is notified. */
  noted(key: string, type: string, event: string): void {
    this.engine.dirty++;
    this.notify(type, event, key);
  }

  notify(type: string, event: string, key: string): void {
    if (this.engine.config.notifies !== 0) this.engine.notifications.notify(type, event, key, this.index);
  }

  /** Removes everything, telling the watchers of keys that were there. */
  flush(): number {
    const removed = this.entries.size;
    for (const [key, sessions] of this.watchers) {
      if (this.entries.has(key)) for (const session of sessions) session.watchBroken = true;
    }
    this.engine.blocking.databaseFlushed(this);
    this.entries.clear();
    this.expiries.clear();
    this.fieldExpiries.clear();
    this.engine.dirty += removed;
    return removed;
  }
}
