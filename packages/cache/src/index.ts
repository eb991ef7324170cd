/// <reference lib="esnext.disposable" preserve="true" />
export type { Cache } from './cache.js';
export { typedCodec } from './codec/typed-codec.js';
export { createCache } from './create-cache.js';
export type { Grade } from './entry/freshness.js';
export { LoadFailedError, LoadTimeoutError, UndefinedValueError, ValueTooLargeError } from './errors.js';
export type { Explanation } from './explain.js';
export { cacheKeys } from './keys.js';
export type { Loader, LoaderContext } from './loader.js';
export type { CacheOptions, Freshness, GetOrSetOptions, LocalOptions, SetOptions } from './options.js';
export type { CacheStats } from './stats.js';
