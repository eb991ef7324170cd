import { type Command, type Driver, InvalidArgumentError } from '@penknife/core';
import {
  addReferences,
  countValue,
  getReferences,
  getValue,
  setValue,
  takeValue,
} from './better-auth/commands.js';
import { sendWithin, startBudget } from './budget.js';
import { sessionKeys } from './keys.js';
import { resolveOptions, type SessionData } from './options.js';
import type { SessionStoreOptions } from './stores/contract.js';

/** What better-auth wants of a secondary storage; times to live are in seconds. */
export interface BetterAuthStorage {
  get(key: string): Promise<string | null>;
  /** Without a time to live a value is kept for 7 days; with one of 0 or less it is removed. */
  set(key: string, value: string, ttl?: number): Promise<void>;
  delete(key: string): Promise<void>;
  getAndDelete(key: string): Promise<string | null>;
  increment(key: string, ttl: number): Promise<number>;
}

const weekMs = 7 * 86_400_000;
const listPrefix = 'active-sessions-';
const mostReferences = 1000;
const longestKey = 2048;

interface Reference {
  readonly token: string;
  readonly expiresAt: number;
}

/**
 * better-auth's `secondaryStorage`. Values are sealed and keys hashed under the secrets, so the server holds no token. A session
 * that was deleted is not brought back by a request that had read it before. The list of a user's sessions, which
 * better-auth reads, changes and writes, is merged instead of replaced: no login is lost from it, and only sessions that live are
 * on it. Times to live are kept to the millisecond.
 *
 * ```ts
 * betterAuth({ secondaryStorage: createBetterAuthStorage(driver, { secrets }) });
 * ```
 */
export function createBetterAuthStorage(driver: Driver, options: SessionStoreOptions): BetterAuthStorage {
  const { ring, tombstoneMs, deadlineMs, namespace } = resolveOptions<SessionData>(options);
  const keys = sessionKeys.in(namespace);
  const { random } = driver;

  /** Under the current secret, then the older ones. */
  const placesOf = (key: string): readonly [string, ...string[]] => {
    if (typeof key !== 'string' || key.length < 1 || key.length > longestKey) {
      throw new InvalidArgumentError('key', `must be a string of 1 to ${longestKey} characters`, typeof key);
    }
    return ring.placesOf(key, 1).map(({ entry }) => keys.ba(entry)) as [string, ...string[]];
  };

  const send = <T>(command: Command<T>): Promise<T> =>
    sendWithin(driver, command, startBudget(driver, deadlineMs));

  async function firstOf<T>(key: string, ask: (place: string) => Command<T | null>): Promise<T | null> {
    for (const place of placesOf(key)) {
      const found = await send(ask(place));
      if (found !== null) return found;
    }
    return null;
  }

  async function get(key: string): Promise<string | null> {
    if (key.startsWith(listPrefix)) return getList(key);
    return opened(await firstOf(key, getValue));
  }

  function opened(stored: string | null): string | null {
    if (stored === null || stored === 'T') return null;
    return /^\d+$/.test(stored) ? stored : ring.unseal('better-auth', stored.slice(1));
  }

  async function getList(key: string): Promise<string | null> {
    const found = new Map<string, Reference>();
    for (const place of placesOf(key)) {
      for (const text of (await send(getReferences(place))).values()) {
        const json = ring.unseal('better-auth', text.slice(text.indexOf(' ') + 1));
        if (json !== null) found.set(text, JSON.parse(json) as Reference);
      }
    }
    const all = [...found.values()];
    const alive = await Promise.all(all.map(async ({ token }) => (await get(token)) !== null));
    const list = all.filter((_, i) => alive[i]).sort((a, b) => a.expiresAt - b.expiresAt);
    return list.length === 0 ? null : JSON.stringify(list);
  }

  async function addToList(key: string, value: string): Promise<void> {
    const list = (JSON.parse(value) as readonly Reference[]).slice(-mostReferences);
    const args = list.flatMap(({ token, expiresAt }) => {
      const [{ entry }] = ring.placesOf(token, 1);
      const sealed = ring.seal('better-auth', JSON.stringify({ token, expiresAt }), random);
      return [entry, Math.floor(expiresAt), sealed];
    });
    await send(addReferences([placesOf(key)[0]], [mostReferences, ...args]));
  }

  async function take(key: string): Promise<string | null> {
    let taken: string | null = null;
    for (const place of placesOf(key)) taken = opened(await send(takeValue([place], [tombstoneMs]))) ?? taken;
    return taken;
  }

  return {
    get,
    async set(key, value, ttl) {
      const lifeMs = lifeOf(ttl);
      // What is not on a new list may be on it because of another: each goes by its own end.
      if (key.startsWith(listPrefix)) return addToList(key, value);
      if (lifeMs <= 0) return void (await take(key));
      const kind = isSession(value) ? 's' : 'v';
      const sealed = kind + ring.seal('better-auth', value, random);
      await send(setValue([placesOf(key)[0]], [sealed, lifeMs]));
    },
    async delete(key) {
      if (!key.startsWith(listPrefix)) await take(key);
    },
    getAndDelete: take,
    async increment(key, ttl) {
      return send(countValue([placesOf(key)[0]], [Math.max(1, lifeOf(ttl))]));
    },
  };
}

function lifeOf(ttl: number | undefined): number {
  if (ttl === undefined) return weekMs;
  if (typeof ttl !== 'number' || !Number.isFinite(ttl)) {
    throw new InvalidArgumentError('ttl', 'must be a finite number of seconds', ttl);
  }
  return Math.min(Math.ceil(ttl * 1000), 400 * 86_400_000);
}

function isSession(value: string): boolean {
  if (!value.startsWith('{')) return false;
  try {
    const { session } = JSON.parse(value) as { readonly session?: { readonly token?: unknown } | null };
    return typeof session?.token === 'string';
  } catch {
    return false;
  }
}
