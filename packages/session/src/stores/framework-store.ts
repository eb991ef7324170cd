import { type Driver, InvalidArgumentError } from '@penknife/core';
import { publicIdOf } from '../key-ring.js';
import { resolveOptions, type SessionData } from '../options.js';
import type { Callback, FrameworkStore, SessionLike, SessionStoreOptions } from './contract.js';
import { changesFrom, type Fields, fieldsOf, onlyExpiryIn, sessionOf } from './document.js';
import { DocumentStore } from './document-store.js';

/** What was loaded, carried along in the session: frameworks copy its fields into an object of their own. */
class Base {
  /** Whose it is: frameworks hand the fields of a session on to the one that takes its place. */
  readonly id: string;
  readonly fields: Fields;
  /** By this process's clock. */
  readonly endsMs: number;

  constructor(id: string, fields: Fields, endsMs: number) {
    this.id = id;
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

/** Makes the store, for a framework to be handed. */
export function createFrameworkStore(driver: Driver, options: SessionStoreOptions): FrameworkStore {
  const resolved = resolveOptions<SessionData>(options);
  const store = new DocumentStore(driver, resolved);
  const written = new WeakMap<object, Base>();

  const baseOf = (id: string, session: object): Base | undefined => {
    const known = written.get(session);
    if (known?.id === id) return known;
    const carried = (session as Record<string, unknown>)[baseName];
    return carried instanceof Base && carried.id === id ? carried : undefined;
  };

  async function write(id: string, session: SessionLike, onlyTouch: boolean): Promise<void> {
    const fields = fieldsOf(session);
    const base = baseOf(id, session);
    const now = driver.clock.now();
    const endsMs = endOf(session, now, resolved.idleMs);
    const ttlMs = Math.ceil(endsMs - now);
    if (ttlMs <= 0) return store.destroy(id);
    const changes = changesFrom(base?.fields, fields, onlyTouch);
    // Never so late that a session in use runs out.
    const touchAfterMs = Math.min(resolved.touchAfterMs, ttlMs / 10);
    const moved = base === undefined || Math.abs(endsMs - base.endsMs) >= touchAfterMs;
    if (!moved && onlyExpiryIn(changes)) return undefined;
    const alive = await store.put(id, changes, ttlMs, base !== undefined || onlyTouch);
    if (alive && !onlyTouch) written.set(session, new Base(id, fields, endsMs));
    return undefined;
  }

  return {
    get: (id, callback) =>
      answer(callback, async () => {
        const found = await store.get(checkId(id));
        const session = found && sessionOf(found.fields);
        if (session !== null) {
          session[baseName] = new Base(
            id,
            found?.fields ?? new Map(),
            driver.clock.now() + (found?.leftMs ?? 0),
          );
        }
        return session;
      }),
    set: (id, session, callback) => answer(callback, () => write(checkId(id), session, false)),
    touch: (id, session, callback) => answer(callback, () => write(checkId(id), session, true)),
    destroy: (id, callback) => answer(callback, () => store.destroy(checkId(id))),
    all: (callback) =>
      answer(callback, async () =>
        (await store.all()).flatMap(([place, { fields }]) => {
          const session = sessionOf(fields);
          return session === null ? [] : [{ ...session, id: publicIdOf(place) }];
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
