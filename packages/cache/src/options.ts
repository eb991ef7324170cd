import {
  type CallOptions,
  type Codec,
  checkCodec,
  checkName,
  checkObject,
  checkSchema,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
  type StandardSchema,
} from '@penknife/core';
import { checkFields } from './check-options.js';
import { brotliCompressor, type Compressor, zstdCompressor } from './codec/compression.js';

/** How long a value serves. All in ms, from before its load began; a value is stored for the longest of them together. */
export interface Freshness {
  /** Served as it is. */
  readonly ttlMs?: number;
  /** After that: still served, while one process loads anew in the background. Default 0. */
  readonly staleWhileRevalidateMs?: number;
  /** After `ttlMs`: served only when the loader fails or times out. Default 0. */
  readonly staleIfErrorMs?: number;
}

/** The tier inside of the process. */
export interface LocalOptions {
  /** Default 10 000. */
  readonly maxEntries?: number;
  /** Bound of the encoded sizes together. Default 64 MiB. */
  readonly maxBytes?: number;
  /** What callers get: one frozen object for all (default), the same unfrozen, or a copy each (`structuredClone`). */
  readonly values?: 'frozen' | 'shared' | 'cloned';
}

/** How a cache is made. */
export interface CacheOptions extends Freshness {
  /** How long values serve, in ms. The other times default to 0. */
  readonly ttlMs: number;
  /** How long `null` serves, in ms. Default: `ttlMs`, at most 30 000. */
  readonly negativeTtlMs?: number;
  /** How long a first failure of a loader is remembered by all processes, in ms. Default 1000; 0: not at all. */
  readonly errorTtlMs?: number;
  /**
   * The longest a failure is remembered, in ms: each one in a row is for twice as long as the one before. A value, an
   * invalidation, or as long again without anybody asking begin anew. Default: ten times `errorTtlMs`; the same: no backoff.
   */
  readonly maxErrorTtlMs?: number;
  /** The share of `ttlMs` that is taken off at random, so that values stored together do not end together. Default 0.1. */
  readonly jitter?: number;
  /**
   * Loads anew in the background before a value's end, the sooner the longer its load took (XFetch's beta). Default 1; more is
   * earlier, 0: never.
   */
  readonly earlyRefresh?: number;
  /** After this a caller is served what is stale, if anything is, and the load goes on. Default: never. */
  readonly softTimeoutMs?: number;
  /** After this a caller gets a `LoadTimeoutError` (or what is stale), and the load goes on. Default: twice `leaseMs`. */
  readonly hardTimeoutMs?: number;
  /** How long a loader has before others may try. Default 10 000. */
  readonly leaseMs?: number;
  /** Names the cache in keys and traces. Default `'default'`. Caches of one name share their entries. */
  readonly name?: string;
  /** Names this process in `explain`, as who invalidated a tag. Default `'p'`; a random part is added. */
  readonly instance?: string;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** The tier inside of the process; `false`: none. */
  readonly local?: LocalOptions | false;
  /** The longest another process may serve what was invalidated, in ms. Default 1000. */
  readonly l1LeaseMs?: number;
  /**
   * How a process hears of invalidations at once: `'channel'` (pub/sub, default) or `'tracking'` (CLIENT TRACKING, for where
   * PUBLISH is not allowed; not on a cluster). Either way the log tells what was missed, every half `l1LeaseMs`. With
   * `'tracking'` `everywhere` waits for the leases to pass.
   */
  readonly transport?: 'channel' | 'tracking';
  /** How invalidations are kept for processes that missed them. Default 1000 of them. */
  readonly logLength?: number;
  /** Encodes all values. Default: JSON where it loses nothing, else a form that keeps Date, Map, Set, BigInt and bytes. */
  readonly codec?: Codec<never>;
  /** Largest encoded value, before it is compressed. Default 8 MiB. */
  readonly maxValueBytes?: number;
  /**
   * How large values are made smaller: `'auto'` (default) is zstd where the platform has it, else brotli; or a `Compressor`.
   * All processes read both; what one cannot read is a miss. `false`: not at all.
   */
  readonly compression?: 'auto' | 'zstd' | 'brotli' | Compressor | false;
  /** Encoded values above this are compressed, if that makes them smaller. Default 16 KiB. */
  readonly compressAboveBytes?: number;
  /**
   * What values have to be. It is checked before a value is stored (`SchemaError`) and when one is read: one that does not fit,
   * of an older release perhaps, is a miss. It must answer at once; what it transforms is not taken.
   */
  readonly schema?: StandardSchema;
  /** How long one command may take, in ms. Default 1000. */
  readonly deadlineMs?: number;
  /**
   * When Redis cannot be asked: `'serve'` what this process has, else load without storing (default); `'load'` always;
   * or `'reject'` with the driver's error. Only `'serve'` can give what was invalidated longer than `l1LeaseMs` ago.
   */
  readonly whenUnavailable?: 'serve' | 'load' | 'reject';
  /** How long Redis is left alone after it could not be asked, in ms. Default 1000. */
  readonly unavailableMs?: number;
}

/** What one read may say. */
export interface GetOptions extends CallOptions {
  /**
   * Tags the entry has to bear; their floors are read with it, in the same round trip. An entry that lacks one is a miss: it
   * would not fall with it.
   */
  readonly tags?: readonly string[];
}

/** What one `read` may say. */
export interface ReadOptions extends GetOptions {
  /**
   * Tags the entry need not bear: it falls with them all the same, if they were invalidated since it was loaded. One that
   * was never asked for before makes it a miss, until it is stored anew.
   */
  readonly softTags?: readonly string[];
}

/** What one `getOrSet` may say. */
export interface GetOrSetOptions extends Freshness {
  /** Tags for what is loaded, and such as an entry has to bear to be served. */
  readonly tags?: readonly string[];
  readonly softTimeoutMs?: number;
  readonly hardTimeoutMs?: number;
  /** Ends the waiting of this caller, not the load. */
  readonly signal?: AbortSignal;
}

/** What one `set` may say. */
export interface SetOptions extends Freshness, CallOptions {
  readonly tags?: readonly string[];
}

/** What one invalidation may say. */
export interface InvalidateOptions extends CallOptions {
  /**
   * Resolve only when no process serves the old from its own tier any more: each that is alive has confirmed, or its
   * `l1LeaseMs` has passed. Default: when Redis has it and the others have been told.
   */
  readonly everywhere?: boolean;
}

/** Freshness with everything decided. */
export interface ResolvedFreshness {
  readonly ttlMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
}

/** Options with everything decided. */
export interface ResolvedOptions {
  readonly freshness: ResolvedFreshness;
  readonly negativeTtlMs: number;
  readonly errorTtlMs: number;
  readonly maxErrorTtlMs: number;
  readonly jitter: number;
  readonly earlyRefresh: number;
  readonly softTimeoutMs: number | undefined;
  readonly hardTimeoutMs: number;
  readonly leaseMs: number;
  readonly name: string;
  readonly instance: string;
  readonly namespace: string;
  readonly local: Required<LocalOptions> | undefined;
  readonly l1LeaseMs: number;
  readonly transport: 'channel' | 'tracking';
  readonly logLength: number;
  readonly codec: Codec<unknown> | undefined;
  readonly maxValueBytes: number;
  readonly compressor: Compressor | undefined;
  readonly compressAboveBytes: number;
  readonly schema: StandardSchema | undefined;
  readonly deadlineMs: number;
  readonly whenUnavailable: 'serve' | 'load' | 'reject';
  readonly unavailableMs: number;
}

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions(options: CacheOptions): ResolvedOptions {
  const {
    name = 'default',
    namespace = defaultNamespace,
    instance = 'p',
    jitter = 0.1,
    earlyRefresh = 1,
    local = {},
  } = options;
  checkName('name', name);
  checkName('instance', instance);
  const leaseMs = ms('leaseMs', options.leaseMs ?? 10_000, 1);
  if (typeof earlyRefresh !== 'number' || !(earlyRefresh >= 0 && earlyRefresh <= 100)) {
    throw new InvalidArgumentError('earlyRefresh', 'must be a number from 0 to 100', earlyRefresh);
  }
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter < 1)) {
    throw new InvalidArgumentError('jitter', 'must be a share of at least 0 and below 1', jitter);
  }
  const freshness = resolveFreshness(options, { ttlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 });
  const { softTimeoutMs, hardTimeoutMs = 2 * leaseMs, whenUnavailable = 'serve' } = options;
  const errorTtlMs = ms('errorTtlMs', options.errorTtlMs ?? 1000, 0);
  return {
    freshness,
    negativeTtlMs: ms('negativeTtlMs', options.negativeTtlMs ?? Math.min(freshness.ttlMs, 30_000), 1),
    errorTtlMs,
    maxErrorTtlMs: ms('maxErrorTtlMs', options.maxErrorTtlMs ?? 10 * errorTtlMs, errorTtlMs),
    jitter,
    earlyRefresh,
    softTimeoutMs: softTimeoutMs === undefined ? undefined : ms('softTimeoutMs', softTimeoutMs, 0),
    hardTimeoutMs: ms('hardTimeoutMs', hardTimeoutMs, 1),
    leaseMs,
    name,
    instance,
    namespace,
    local: local === false ? undefined : resolveLocal(local),
    l1LeaseMs: ms('l1LeaseMs', options.l1LeaseMs ?? 1000, 1),
    transport: oneOf('transport', options.transport ?? 'channel', ['channel', 'tracking']),
    logLength: count('logLength', options.logLength ?? 1000, 1),
    codec: options.codec === undefined ? undefined : checkCodec('codec', options.codec),
    maxValueBytes: count('maxValueBytes', options.maxValueBytes ?? 8 * 2 ** 20, 1, 2 ** 31),
    compressor: resolveCompressor(options.compression ?? 'auto'),
    compressAboveBytes: count('compressAboveBytes', options.compressAboveBytes ?? 16_384, 0),
    schema: options.schema === undefined ? undefined : checkSchema('schema', options.schema),
    deadlineMs: ms('deadlineMs', options.deadlineMs ?? 1000, 1),
    whenUnavailable: oneOf('whenUnavailable', whenUnavailable, ['serve', 'load', 'reject']),
    unavailableMs: ms('unavailableMs', options.unavailableMs ?? 1000, 0),
  };
}

/** The times of one value: those given, else those of the cache. */
export function resolveFreshness(given: Freshness, base: ResolvedFreshness): ResolvedFreshness {
  checkObject('freshness', given);
  return {
    ttlMs: ms('ttlMs', given.ttlMs ?? base.ttlMs, 1),
    staleWhileRevalidateMs: ms(
      'staleWhileRevalidateMs',
      given.staleWhileRevalidateMs ?? base.staleWhileRevalidateMs,
      0,
    ),
    staleIfErrorMs: ms('staleIfErrorMs', given.staleIfErrorMs ?? base.staleIfErrorMs, 0),
  };
}

/** A timeout of one call. */
export function checkTimeout(name: string, given: number | undefined, base: number): number {
  return given === undefined ? base : ms(name, given, 1);
}

function resolveCompressor(
  compression: Exclude<CacheOptions['compression'], undefined>,
): Compressor | undefined {
  if (compression === false) return undefined;
  if (typeof compression === 'object' && compression !== null) {
    if (typeof compression.id !== 'string' || !/^[A-Z]$/.test(compression.id))
      throw new InvalidArgumentError('compression.id', 'must be one capital letter', compression.id);
    if (typeof compression.compress !== 'function' || typeof compression.decompress !== 'function')
      throw new InvalidArgumentError('compression', 'must have compress and decompress', compression);
    return compression;
  }
  if (oneOf('compression', compression, ['auto', 'zstd', 'brotli']) === 'brotli') return brotliCompressor;
  if (compression === 'auto') return zstdCompressor ?? brotliCompressor;
  if (zstdCompressor !== undefined) return zstdCompressor;
  throw new InvalidArgumentError('compression', 'must not be zstd: this platform has none', compression);
}

function resolveLocal(local: LocalOptions): Required<LocalOptions> {
  checkFields('local', local);
  return {
    maxEntries: count('local.maxEntries', local.maxEntries ?? 10_000, 1, 2 ** 24),
    maxBytes: count('local.maxBytes', local.maxBytes ?? 64 * 2 ** 20, 1),
    values: oneOf('local.values', local.values ?? 'frozen', ['frozen', 'shared', 'cloned']),
  };
}

function ms(name: string, value: number, minMs: number): number {
  if (typeof value !== 'number') throw new InvalidArgumentError(name, 'must be a number of ms', value);
  return durationMs(value, name, { minMs });
}

function count(name: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new InvalidArgumentError(name, `must be a whole number from ${least} to ${most}`, value);
  }
  return value;
}

function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value))
    throw new InvalidArgumentError(name, `must be one of ${allowed.join(', ')}`, value);
  return value;
}
