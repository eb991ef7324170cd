// The two contracts as next@16.4.6 publishes them, without the parts that no handler sees: of `dist/server/lib/cache-handlers/types.d.ts`
// and `dist/server/lib/incremental-cache/index.d.ts` (MIT, Vercel). Next itself is 44 MB packed and brings React and a compiler
// for each platform: too much to install for the sake of its types.

/** An entry of `'use cache'`. */
export interface CacheEntry {
  value: ReadableStream<Uint8Array>;
  tags: string[];
  stale: number;
  timestamp: number;
  expire: number;
  revalidate: number;
}

/** `cacheHandlers`. */
export interface CacheHandlers {
  get(cacheKey: string, softTags: string[]): Promise<undefined | CacheEntry>;
  set(cacheKey: string, pendingEntry: Promise<CacheEntry>): Promise<void>;
  refreshTags(): Promise<void>;
  getExpiration(tags: string[]): Promise<number>;
  updateTags(tags: string[], durations?: { expire?: number }): Promise<void>;
}

type Headers = NodeJS.Dict<number | string | string[]>;

interface PageValue {
  kind: 'PAGES';
  html: string;
  pageData: object;
  headers: Headers | undefined;
  status: number | undefined;
}

interface AppPageValue {
  kind: 'APP_PAGE';
  html: string;
  rscData: Buffer | undefined;
  headers: Headers | undefined;
  postponed: string | undefined;
  status: number | undefined;
  segmentData: Map<string, Buffer> | undefined;
}

interface RouteValue {
  kind: 'APP_ROUTE';
  body: Buffer;
  status: number;
  headers: Headers;
}

interface FetchValue {
  kind: 'FETCH';
  data: { headers: Record<string, string>; body: string; url: string; status?: number };
  tags?: string[];
  revalidate: number;
}

interface RedirectValue {
  kind: 'REDIRECT';
  props: object;
}

export type IncrementalCacheValue = PageValue | AppPageValue | RouteValue | FetchValue | RedirectValue;

interface CacheControl {
  revalidate: number | false;
  expire: number | undefined;
}

export interface CacheHandlerValue {
  lastModified: number;
  age?: number;
  cacheState?: string;
  value: IncrementalCacheValue | null;
  cacheControl?: CacheControl;
}

type GetContext =
  | { kind: 'FETCH'; revalidate?: number | false; tags?: string[]; softTags?: string[] }
  | { kind: 'APP_PAGE' | 'APP_ROUTE' | 'PAGES'; isRoutePPREnabled?: boolean; isFallback: boolean }
  | { kind: 'IMAGE'; isFallback: false };

type SetContext =
  | { fetchCache: true; fetchUrl?: string; tags?: string[] }
  | { fetchCache?: false; cacheControl?: CacheControl; isFallback?: boolean }
  | { kind: 'IMAGE'; cacheControl?: CacheControl };

/** `cacheHandler`. */
export interface CacheHandler {
  get(cacheKey: string, context: GetContext): Promise<CacheHandlerValue | null>;
  set(cacheKey: string, data: IncrementalCacheValue | null, context: SetContext): Promise<void>;
  revalidateTag(tags: string | string[], durations?: { expire?: number }): Promise<void>;
  resetRequestCache(): void;
}

/**
 * What Next makes of a page that a handler gave: `IncrementalCache.get` of next@16.4.6, after its handler has answered and
 * where the process has heard of no tags. True: served, and made anew in the background; -1: made anew first.
 */
export function stalenessOf(
  { lastModified: given, cacheControl }: CacheHandlerValue,
  now: number,
): true | -1 | undefined {
  if (given === -1) return -1;
  const lastModified = given || now;
  const revalidate = cacheControl ? cacheControl.revalidate : 1;
  const revalidateAfter = typeof revalidate === 'number' ? revalidate * 1000 + lastModified : revalidate;
  const expire = cacheControl?.expire;
  if (typeof expire === 'number' && expire * 1000 + lastModified < now) return -1;
  return revalidateAfter !== false && revalidateAfter < now ? true : undefined;
}
