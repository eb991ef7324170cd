export { type NextCacheHandlerClass, nextCacheHandler } from './next/cache-handler.js';
export { type NextCacheHandlers, nextUseCacheHandler } from './next/use-cache-handler.js';
