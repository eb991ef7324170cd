import { type Clock, InvalidArgumentError } from '@penknife/core';
import type { Cache } from '../cache.js';
import { checkCache } from '../check-cache.js';
import { missed } from './missed.js';
import { type NextDurations, tagAct } from './tag-act.js';

/** For how long an entry serves, in seconds. */
export interface NextCacheControl {
  readonly revalidate: number | false;
  readonly expire: number | undefined;
}

/** What Next takes from a `cacheHandler`. */
export interface NextCacheHandlerValue<Value> {
  readonly lastModified: number;
  readonly value: Value | null;
  readonly cacheControl?: NextCacheControl;
}

/** What Next says beside a key. */
export interface NextCacheContext {
  readonly kind?: string;
  readonly tags?: readonly string[] | undefined;
  readonly softTags?: readonly string[] | undefined;
  readonly cacheControl?: NextCacheControl | undefined;
}

/** Next 16's contract for `cacheHandler`: made anew for each request. `Value` is its `IncrementalCacheValue`. */
export type NextCacheHandlerClass<Value = object> = new (
  context?: unknown,
) => {
  get(cacheKey: string, context?: NextCacheContext): Promise<NextCacheHandlerValue<Value> | null>;
  set(cacheKey: string, data: Value | null, context?: NextCacheContext): Promise<void>;
  revalidateTag(tags: string | readonly string[], durations?: NextDurations): Promise<void>;
  resetRequestCache(): void;
};

type Stored = NextCacheHandlerValue<unknown>;
type Fields = Readonly<Record<string, unknown>>;

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
export function nextCacheHandler<Value extends object = object>(
  cache: Cache<unknown>,
  clock: Pick<Clock, 'now'>,
): NextCacheHandlerClass<Value> {
  checkCache(cache);
  if (typeof clock?.now !== 'function')
    throw new InvalidArgumentError('clock', "must be a clock, such as the driver's", clock);
  return class NextCacheHandler {
    async get(
      cacheKey: string,
      context: NextCacheContext = {},
    ): Promise<NextCacheHandlerValue<Value> | null> {
      const softTags = [...(context.softTags ?? []), ...(context.tags ?? [])];
      const found = await cache.read(cacheKey, { softTags }).catch(missed);
      if (found === undefined || !isStored(found.value)) return null;
      const { lastModified, value, cacheControl } = found.value;
      return {
        lastModified: found.grade === 'fresh' ? lastModified : staleSince(found.value, clock.now()),
        value: withBuffers(value),
        ...(cacheControl && { cacheControl }),
      };
    }

    async set(cacheKey: string, data: Value | null, context: NextCacheContext = {}): Promise<void> {
      const { cacheControl } = context;
      const expire = cacheControl?.expire;
      const times = expire === undefined ? {} : { ttlMs: Math.max(1, Math.floor(expire * 1000)) };
      const stored = { lastModified: clock.now(), value: data, ...(cacheControl && { cacheControl }) };
      try {
        await cache.set(cacheKey, stored, {
          ...times,
          tags: tagsOf(data as Fields | null, context),
          staleWhileRevalidateMs: 0,
        });
      } catch (error) {
        missed(error);
      }
    }

    async revalidateTag(tags: string | readonly string[], durations?: NextDurations): Promise<void> {
      await cache.invalidate({ tags: [tags].flat(), act: tagAct(durations) });
    }

    resetRequestCache(): void {
      // Nothing is kept for a request: the cache has a local tier of its own.
    }
  };
}

/**
 * When an entry that a tag expired counts as made: so long ago that Next serves it once more and makes it anew meanwhile.
 * Where its times leave no such moment it is -1: Next makes it anew first.
 */
function staleSince({ value, cacheControl }: Stored, now: number): number {
  const own = (value as Fields | null)?.revalidate;
  const revalidate = cacheControl?.revalidate ?? (typeof own === 'number' ? own : false);
  if (revalidate === false) return -1;
  const expire = cacheControl?.expire;
  return expire === undefined || expire > revalidate ? now - Math.ceil(revalidate * 1000) - 1 : -1;
}

function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && 'lastModified' in value;
}

/** A page's tags stand in one of its fields, a fetch's beside it. */
function tagsOf(data: Fields | null, context: NextCacheContext): string[] {
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
