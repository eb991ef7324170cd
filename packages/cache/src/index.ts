/// <reference lib="esnext.disposable" preserve="true" />
export type { UnstoredWrite, WriteBehind } from './behind/write-behind.js';
export {
  type ConsumeOptions,
  type LoggedMessage,
  type LoggedWrite,
  type WriteLog,
  writeLogSchema,
} from './behind/write-log.js';
export type { Cache, GradedValue, Invalidation, ManyResult, WrapOptions } from './cache.js';
export { brotliCompressor, type Compressor, zstdCompressor } from './codec/compression.js';
export { typedCodec } from './codec/typed-codec.js';
export { createCache } from './create-cache.js';
export type { Grade } from './entry/freshness.js';
export { LoadFailedError, LoadTimeoutError, UndefinedValueError, ValueTooLargeError } from './errors.js';
export type { ExplainedTag, Explanation } from './explain.js';
export { cacheKeys } from './keys.js';
export type { BulkLoader, BulkLoaderContext, Loader, LoaderContext, ValueSayings } from './loader.js';
export type {
  CacheOptions,
  Freshness,
  GetOptions,
  GetOrSetOptions,
  InvalidateOptions,
  LocalOptions,
  ReadOptions,
  SetOptions,
} from './options.js';
export type { CacheStats } from './stats.js';
