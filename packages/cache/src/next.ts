export {
  type NextCacheContext,
  type NextCacheControl,
  type NextCacheHandlerClass,
  type NextCacheHandlerValue,
  nextCacheHandler,
} from './next/cache-handler.js';
export type { NextDurations } from './next/tag-act.js';
export {
  type NextCacheEntry,
  type NextCacheHandlers,
  nextUseCacheHandler,
} from './next/use-cache-handler.js';
