import type { Clock } from '@penknife/core';
import type { Cache } from '../cache.js';
import { missed } from './missed.js';

/** What Next hands to and takes from a `cacheHandler`. */
export interface NextCacheHandlerValue {
  readonly lastModified: number;
  readonly value: Record<string, unknown> | null;
}

/** What Next says beside a key. */
export interface NextCacheContext {
  readonly tags?: readonly string[] | undefined;
  readonly softTags?: readonly string[] | undefined;
  readonly revalidate?: number | false | undefined;
  readonly cacheControl?: { readonly revalidate?: number | false; readonly expire?: number } | undefined;
}

/** Next 16's contract for `cacheHandler`: made anew for each request. */
export type NextCacheHandlerClass = new (
  context?: unknown,
) => {
  get(cacheKey: string, context?: NextCacheContext): Promise<NextCacheHandlerValue | null>;
  set(cacheKey: string, data: Record<string, unknown> | null, context?: NextCacheContext): Promise<void>;
  revalidateTag(tags: string | readonly string[], durations?: { readonly expire?: number }): Promise<void>;
  resetRequestCache(): void;
};

const tagsHeader = 'x-next-cache-tags';

/**
 * The class for Next 16's `cacheHandler` (pages, routes and fetches). `revalidateTag` on one instance counts on every other with
 * its next read. Soft tags (paths) are judged by the server's versions. When Redis cannot be asked an entry is missed and a
 * set is dropped, so pages render. `clock` is the one that Next compares `lastModified` with: the machine's.
 *
 * ```js
 * // cache-handler.mjs
 * export default nextCacheHandler(createCache(driver, { name: 'next-pages', ttlMs: 2_592_000_000, local: false }), driver.clock);
 * ```
 */
export function nextCacheHandler(cache: Cache<unknown>, clock: Pick<Clock, 'now'>): NextCacheHandlerClass {
  return class NextCacheHandler {
    async get(cacheKey: string, context: NextCacheContext = {}): Promise<NextCacheHandlerValue | null> {
      const softTags = [...(context.softTags ?? []), ...(context.tags ?? [])];
      const found = await cache.read(cacheKey, { softTags }).catch(missed);
      if (found === undefined || !isStored(found.value)) return null;
      const { lastModified, value } = found.value;
      // Expired by a tag: so old that Next makes it anew, and serves it meanwhile.
      return { lastModified: found.grade === 'fresh' ? lastModified : 0, value: withBuffers(value) };
    }

    async set(
      cacheKey: string,
      data: Record<string, unknown> | null,
      context: NextCacheContext = {},
    ): Promise<void> {
      const expire = context.cacheControl?.expire;
      const times = expire === undefined ? {} : { ttlMs: Math.max(1, Math.floor(expire * 1000)) };
      const stored = { lastModified: clock.now(), value: data };
      try {
        await cache.set(cacheKey, stored, {
          ...times,
          tags: tagsOf(data, context),
          staleWhileRevalidateMs: 0,
        });
      } catch (error) {
        missed(error);
      }
    }

    async revalidateTag(
      tags: string | readonly string[],
      durations?: { readonly expire?: number },
    ): Promise<void> {
      const act = durations?.expire === undefined || durations.expire <= 0 ? 'remove' : 'expire';
      await cache.invalidate({ tags: [tags].flat(), act });
    }

    resetRequestCache(): void {
      // Nothing is kept for a request: the cache has a local tier of its own.
    }
  };
}

function isStored(value: unknown): value is NextCacheHandlerValue {
  return typeof value === 'object' && value !== null && 'lastModified' in value;
}

/** A page's tags stand in one of its fields, a fetch's beside it. */
function tagsOf(data: Record<string, unknown> | null, context: NextCacheContext): string[] {
  const field = (data?.headers as Record<string, unknown> | undefined)?.[tagsHeader];
  const named = typeof field === 'string' ? field.split(',').filter((tag) => tag !== '') : [];
  const own = Array.isArray(data?.tags) ? (data.tags as string[]) : [];
  return [...new Set([...named, ...own, ...(context.tags ?? [])])];
}

/** Next expects Node's buffers where it gave them. */
function withBuffers(value: unknown): never {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength) as never;
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, withBuffers(item)])) as never;
  if (Array.isArray(value)) return value.map(withBuffers) as never;
  if (typeof value !== 'object' || value === null) return value as never;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBuffers(item)])) as never;
}
