import type { Cache } from '../cache.js';
import { checkCache } from '../check-cache.js';
import { missed } from './missed.js';
import { type NextDurations, tagAct } from './tag-act.js';

/** One entry of Next's `'use cache'`. Times in seconds, but `timestamp` in ms. */
export interface NextCacheEntry {
  readonly value: ReadableStream<Uint8Array>;
  readonly tags: string[];
  readonly stale: number;
  readonly timestamp: number;
  readonly expire: number;
  readonly revalidate: number;
}

/** Next 16's contract for `cacheHandlers`. */
export interface NextCacheHandlers {
  get(cacheKey: string, softTags: string[]): Promise<NextCacheEntry | undefined>;
  set(cacheKey: string, pendingEntry: Promise<NextCacheEntry>): Promise<void>;
  refreshTags(): Promise<void>;
  getExpiration(tags: string[]): Promise<number>;
  updateTags(tags: string[], durations?: NextDurations): Promise<void>;
}

interface Stored extends Omit<NextCacheEntry, 'value'> {
  readonly body: Uint8Array;
}

/** The longest an entry is kept, whatever its `expire` says: thirty days. */
const longestMs = 30 * 86_400_000;

/**
 * The handler of Next 16's `'use cache'`, for `cacheHandlers: { default: … }`. Tags have the server's versions: an update on
 * one instance counts on every other with its next read, and no clock of a machine is compared with another's. When Redis
 * cannot be asked an entry is missed and a set is dropped, so pages render.
 *
 * ```js
 * // cache-handler.mjs
 * export default nextUseCacheHandler(createCache(driver, { name: 'next', ttlMs: 86_400_000, local: false }));
 * ```
 */
export function nextUseCacheHandler(cache: Cache<unknown>): NextCacheHandlers {
  checkCache(cache);
  const pending = new Map<string, Promise<void>>();
  return {
    async get(cacheKey, softTags) {
      await pending.get(cacheKey);
      const found = await cache.read(cacheKey, { softTags }).catch(missed);
      if (found === undefined || !isStored(found.value)) return undefined;
      const { body, tags, stale, timestamp, expire, revalidate } = found.value;
      // Expired by a tag: served once more, while Next makes it anew.
      const due = found.grade === 'fresh' ? revalidate : -1;
      return { value: streamOf(body), tags: [...tags], stale, timestamp, expire, revalidate: due };
    },
    async set(cacheKey, pendingEntry) {
      const storing = store(cache, cacheKey, pendingEntry).finally(() => {
        if (pending.get(cacheKey) === storing) pending.delete(cacheKey);
      });
      pending.set(cacheKey, storing);
      await storing;
    },
    // Versions are read with every entry: there is nothing to be fetched before.
    refreshTags: async () => undefined,
    // Soft tags are to be handed to `get`, where they are judged by the server's versions.
    getExpiration: async () => Number.POSITIVE_INFINITY,
    async updateTags(tags, durations) {
      await cache.invalidate({ tags, act: tagAct(durations) });
    },
  };
}

async function store(
  cache: Cache<unknown>,
  cacheKey: string,
  pendingEntry: Promise<NextCacheEntry>,
): Promise<void> {
  // An entry that could not be made is one that is missed: Next tells of it itself.
  const made = await pendingEntry.catch(() => undefined);
  if (made === undefined) return;
  try {
    const { value, tags, stale, timestamp, expire, revalidate } = made;
    const body = await bytesOf(value);
    const lifeMs = Math.min(longestMs, Math.floor(expire * 1000));
    // Next makes such an entry anew with every read.
    if (!(lifeMs > 0)) return;
    const stored: Stored = { body, tags, stale, timestamp, expire, revalidate };
    await cache.set(cacheKey, stored, {
      tags,
      ttlMs: lifeMs,
      staleIfErrorMs: lifeMs,
      staleWhileRevalidateMs: 0,
    });
  } catch (error) {
    missed(error);
  }
}

function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && (value as Stored).body instanceof Uint8Array;
}

function streamOf(body: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(body);
      controller.close();
    },
  });
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
