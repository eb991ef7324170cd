import { type Driver, InvalidArgumentError } from '@penknife/core';
import { publicIdOf } from '../key-ring.js';
import { resolveOptions, type SessionData } from '../options.js';
import {
  type DocumentChange,
  DocumentStore,
  type Loaded,
  type SessionStoreOptions,
} from './document-store.js';

export type { SessionStoreOptions } from './document-store.js';

/** Node's way to answer. */
export type Callback<T = void> = (error?: unknown, value?: T) => void;

/** What is needed of a framework's session. */
export interface SessionLike {
  readonly cookie?: {
    readonly expires?: Date | string | boolean | null | undefined;
    readonly originalMaxAge?: number | null | undefined;
  };
}

/** A session's data as a framework gets it: an object of its own, to be changed. */
export type StoredSession = Record<string, unknown>;

/**
 * The contract of express-session's `Store`, of which @fastify/session uses the first three. Ids that are listed are public
 * ids: the ones in cookies are not kept. Errors of the server come as `SessionUnavailableError` (503), within `deadlineMs`.
 */
export interface FrameworkStore {
  get(id: string, callback: Callback<StoredSession | null>): void;
  /**
   * Writes the fields that differ from what was loaded, in one command; none when only the end moved by less than
   * `touchAfterMs`. One that was loaded and is over is not written, nor brought back: that is no error.
   */
  set(id: string, session: SessionLike, callback?: Callback): void;
  destroy(id: string, callback?: Callback): void;
  /** Moves the end alone, and only when it moved by `touchAfterMs`. */
  touch(id: string, session: SessionLike, callback?: Callback): void;
  all(callback: Callback<StoredSession[]>): void;
  length(callback: Callback<number>): void;
  clear(callback?: Callback): void;
  ids(callback: Callback<string[]>): void;
}

/** What was loaded, carried along in the session: frameworks copy its fields into an object of their own. */
class Base {
  readonly fields: Loaded;
  /** By this process's clock. */
  readonly endsMs: number;

  constructor(fields: Loaded, endsMs: number) {
    this.fields = fields;
    this.endsMs = endsMs;
  }

  /** Never part of what is written, nor of what frameworks compare. */
  toJSON(): undefined {
    return undefined;
  }
}

/** The name under which it is carried. */
const baseName = '__loaded';
const refusedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const longestName = 256;

/** Makes the store, for a framework to be handed. */
export function createFrameworkStore(driver: Driver, options: SessionStoreOptions): FrameworkStore {
  const resolved = resolveOptions<SessionData>(options);
  const store = new DocumentStore(driver, resolved);
  const written = new WeakMap<object, Base>();

  const baseOf = (session: object): Base | undefined => {
    const known = written.get(session);
    if (known !== undefined) return known;
    const carried = (session as Record<string, unknown>)[baseName];
    return carried instanceof Base ? carried : undefined;
  };

  async function write(id: string, session: SessionLike, onlyTouch: boolean): Promise<void> {
    const base = baseOf(session);
    const fields = textsOf(session);
    const endsMs = endOf(session, driver.clock.now(), resolved.idleMs);
    const ttlMs = Math.ceil(endsMs - driver.clock.now());
    if (ttlMs <= 0) return store.destroy(id);
    const changes = changesFrom(base?.fields, fields, onlyTouch);
    // Never so late that a session in use runs out.
    const touchAfterMs = Math.min(resolved.touchAfterMs, ttlMs / 10);
    const moved = base === undefined || Math.abs(endsMs - base.endsMs) >= touchAfterMs;
    if (!moved && !changes.some(([name]) => name !== 'cookie')) return undefined;
    const alive = await store.put(id, changes, ttlMs, base !== undefined || onlyTouch);
    if (alive && !onlyTouch) written.set(session, new Base(fields, endsMs));
    return undefined;
  }

  return {
    get: (id, callback) =>
      answer(callback, async () => {
        const found = await store.get(checkId(id));
        return found && sessionFrom(found.fields, driver.clock.now() + found.leftMs);
      }),
    set: (id, session, callback) => answer(callback, () => write(checkId(id), session, false)),
    touch: (id, session, callback) => answer(callback, () => write(checkId(id), session, true)),
    destroy: (id, callback) => answer(callback, () => store.destroy(checkId(id))),
    all: (callback) =>
      answer(callback, async () =>
        (await store.all()).flatMap(([place, loaded]) => {
          const data = sessionFrom(loaded, 0);
          if (data === null) return [];
          delete data[baseName];
          return [{ ...data, id: publicIdOf(place) }];
        }),
      ),
    length: (callback) => answer(callback, () => store.count()),
    clear: (callback) => answer(callback, () => store.clear()),
    ids: (callback) => answer(callback, async () => (await store.places()).map(publicIdOf)),
  };
}

/** Answers through the callback, once. What the callback throws is its caller's, as with any event. */
function answer<T>(callback: Callback<T> | undefined, run: () => Promise<T>): void {
  run().then(
    (value) => queueMicrotask(() => callback?.(null, value)),
    (error: unknown) => queueMicrotask(() => callback?.(error)),
  );
}

function checkId(id: unknown): string {
  if (typeof id === 'string' && id.length > 0 && id.length <= 1024) return id;
  throw new InvalidArgumentError('id', 'must be a string of 1 to 1024 characters', typeof id);
}

function textsOf(session: SessionLike): Loaded {
  const plain = JSON.parse(JSON.stringify(session)) as Record<string, unknown>;
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(plain)) {
    if (refusedNames.has(name) || name.length > longestName) {
      throw new InvalidArgumentError(
        'session',
        `must not have fields that objects treat specially, or longer than ${longestName}`,
        name.slice(0, 32),
      );
    }
    texts.set(name, JSON.stringify(value));
  }
  return texts;
}

function changesFrom(base: Loaded | undefined, fields: Loaded, onlyTouch: boolean): DocumentChange[] {
  const changes: DocumentChange[] = [];
  for (const [name, json] of fields) {
    if (onlyTouch ? name === 'cookie' : base?.get(name) !== json) changes.push([name, json]);
  }
  if (!onlyTouch && base !== undefined) {
    for (const name of base.keys()) if (!fields.has(name)) changes.push([name, undefined]);
  }
  return changes;
}

/** When a session ends, by its cookie. A browser-session cookie says nothing of that. */
function endOf({ cookie }: SessionLike, nowMs: number, idleMs: number): number {
  const { expires, originalMaxAge } = cookie ?? {};
  if (expires instanceof Date || typeof expires === 'string') {
    const endsMs = new Date(expires).getTime();
    if (!Number.isFinite(endsMs)) throw new InvalidArgumentError('cookie.expires', 'must be a date', endsMs);
    return endsMs;
  }
  if (originalMaxAge === undefined || originalMaxAge === null) return nowMs + idleMs;
  if (!Number.isFinite(originalMaxAge)) {
    throw new InvalidArgumentError('cookie.originalMaxAge', 'must be a number of ms', originalMaxAge);
  }
  return nowMs + originalMaxAge;
}

function dataFrom(loaded: Loaded): StoredSession {
  const data: StoredSession = {};
  for (const [name, json] of loaded) {
    if (!refusedNames.has(name)) data[name] = JSON.parse(json);
  }
  return data;
}

function sessionFrom(loaded: Loaded, endsMs: number): StoredSession | null {
  try {
    const data = dataFrom(loaded);
    data[baseName] = new Base(loaded, endsMs);
    return data;
  } catch {
    // Not JSON: written by somebody else. No session, and no error.
    return null;
  }
}
