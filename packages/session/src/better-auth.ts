import { type Command, type Driver, InvalidArgumentError } from '@penknife/core';
import {
  addReferences,
  countValue,
  dropValue,
  getReferences,
  getValue,
  setValue,
  takeValue,
} from './better-auth/commands.js';
import { type Budget, sendWithin, startBudget } from './budget.js';
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
/** What stands where a session was ended. */
const tombstone = 'T';

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

  /** The time of one act, all its commands together. */
  const start = (): Budget => startBudget(driver, deadlineMs);
  const send = <T>(command: Command<T>, within: Budget): Promise<T> => sendWithin(driver, command, within);

  /** All, and once more: what is written anew meanwhile may leave a place that was not looked at yet for one that was. */
  const twice = (places: readonly string[]): readonly string[] => [...places, ...places.slice(0, -1)];

  async function readValue(key: string, within: Budget): Promise<string | null> {
    let ended = false;
    for (const place of twice(placesOf(key))) {
      const found = await send(getValue(place), within);
      if (found === tombstone) ended = true;
      // A tombstone is for sessions: another value may be kept under another secret since.
      else if (found !== null) return ended && found.startsWith('s') ? null : opened(found);
    }
    return null;
  }

  function opened(stored: string | null): string | null {
    if (stored === null || stored === tombstone) return null;
    return /^\d+$/.test(stored) ? stored : ring.unseal('better-auth', stored.slice(1));
  }

  async function getList(key: string, within: Budget): Promise<string | null> {
    /** By their tokens: what is listed under two secrets is one, with the later of its ends. */
    const found = new Map<string, Reference>();
    for (const place of placesOf(key)) {
      for (const text of (await send(getReferences(place), within)).values()) {
        const json = ring.unseal('better-auth', text.slice(text.indexOf(' ') + 1));
        if (json === null) continue;
        const reference = JSON.parse(json) as Reference;
        const other = found.get(reference.token);
        if (other === undefined || other.expiresAt < reference.expiresAt)
          found.set(reference.token, reference);
      }
    }
    const all = [...found.values()];
    const alive = await Promise.all(all.map(async ({ token }) => (await readValue(token, within)) !== null));
    const list = all.filter((_, i) => alive[i]).sort((a, b) => a.expiresAt - b.expiresAt);
    return list.length === 0 ? null : JSON.stringify(list);
  }

  async function addToList(key: string, value: string, within: Budget): Promise<void> {
    const list = referencesIn(value).slice(-mostReferences);
    const args = list.flatMap(({ token, expiresAt }) => {
      const [{ entry }] = ring.placesOf(token, 1);
      const sealed = ring.seal('better-auth', JSON.stringify({ token, expiresAt }), random);
      return [entry, Math.floor(expiresAt), sealed];
    });
    await send(addReferences([placesOf(key)[0]], [mostReferences, ...args]), within);
  }

  /**
   * Removes a value under every secret. Where one of them kept a session all get a tombstone: it may be written back under another.
   * So they do where none of several kept anything: it may have been written anew meanwhile, from a place that was not looked at yet to
   * one that was. Where a tombstone is no session is kept any more, so when all are laid there is none.
   */
  async function take(key: string, within: Budget): Promise<string | null> {
    let taken: string | null = null;
    let session = false;
    const places = placesOf(key);
    const empty: string[] = [];
    for (const place of places) {
      const stored = await send(takeValue([place], [tombstoneMs, 0]), within);
      if (stored === null) empty.push(place);
      session ||= stored === tombstone || stored?.startsWith('s') === true;
      taken ??= opened(stored);
    }
    // What is written after a value was taken stays.
    if (session || (places.length > 1 && empty.length === places.length)) {
      for (const place of empty) {
        const stored = await send(takeValue([place], [tombstoneMs, 1]), within);
        taken ??= opened(stored);
      }
    }
    return taken;
  }

  /** Written under the current secret, a value has no older copy left; one that another process ended under another secret has ended. */
  async function keep(key: string, value: string, lifeMs: number, within: Budget): Promise<void> {
    const [first, ...older] = placesOf(key);
    const session = isSession(value);
    const seen = new Map<string, string | null>();
    for (const place of older) seen.set(place, await send(getValue(place), within));
    const ended = (): boolean => session && [...seen.values()].includes(tombstone);
    if (ended()) return;
    const sealed = (session ? 's' : 'v') + ring.seal('better-auth', value, random);
    await send(setValue([first], [sealed, lifeMs]), within);
    for (const [place, text] of seen) seen.set(place, await send(dropValue([place], [text ?? '']), within));
    if (ended()) await take(key, within);
  }

  return {
    async get(key) {
      const within = start();
      return key.startsWith(listPrefix) ? getList(key, within) : readValue(key, within);
    },
    async set(key, value, ttl) {
      const lifeMs = lifeOf(ttl);
      if (typeof value !== 'string')
        throw new InvalidArgumentError('value', 'must be a string', typeof value);
      const within = start();
      // What is not on a new list may be on it because of another: each goes by its own end.
      if (key.startsWith(listPrefix)) return addToList(key, value, within);
      if (lifeMs <= 0) return void (await take(key, within));
      await keep(key, value, lifeMs, within);
    },
    async delete(key) {
      if (!key.startsWith(listPrefix)) await take(key, start());
    },
    async getAndDelete(key) {
      if (String(key).startsWith(listPrefix))
        throw new InvalidArgumentError(
          'key',
          'must not be that of a list, whose entries go by their own end',
          typeof key,
        );
      return take(key, start());
    },
    async increment(key, ttl) {
      return send(countValue([placesOf(key)[0]], [Math.max(1, lifeOf(ttl))]), start());
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

function referencesIn(value: string): readonly Reference[] {
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    // Said below, without what it holds.
  }
  if (Array.isArray(list) && list.every(isReference)) return list;
  throw new InvalidArgumentError('value', 'must be a list of { token, expiresAt } for this key', typeof list);
}

function isReference(value: unknown): value is Reference {
  const { token, expiresAt } = (value ?? {}) as Partial<Reference>;
  return (
    typeof token === 'string' && token !== '' && typeof expiresAt === 'number' && Number.isFinite(expiresAt)
  );
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
