import { ClosedError, InvalidArgumentError, isUnavailable, reportListenerError } from '@penknife/core';
import type { Cache } from '../cache.js';
import { checkCache } from '../check-cache.js';
import { checkFields } from '../check-options.js';
import { LoadFailedError, LoadTimeoutError, ValueTooLargeError } from '../errors.js';
import type { LoaderContext } from '../loader.js';
import type { Freshness } from '../options.js';
import { etagOf, matchesEtag } from './etag.js';

/** A response as it is stored. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly etag: string;
}

/** What a route cache needs to know of a request. */
export interface RouteRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  header(name: string): string | undefined;
}

/** How responses of a route are cached. `Request` is the framework's own. */
export interface RouteCacheOptions<Request> extends Freshness {
  /** Where they are kept; any cache will do, one of their own is best. */
  readonly cache: Cache<unknown>;
  /**
   * Names a response; undefined: this request is not cached. Default: path and query, and nothing for a request with an
   * `authorization` or `cookie` field: what is made for one visitor is nobody else's. Give a key of your own for those.
   */
  readonly key?: (request: Request) => string | undefined;
  /** Tags the responses. */
  readonly tags?: (request: Request) => readonly string[];
  /**
   * Request fields that responses differ by. They become part of the key, and the `vary` field. A response that says it
   * differs by others is not stored.
   */
  readonly vary?: readonly string[];
  /**
   * Longest body that is stored, in bytes; a longer one goes to its own visitor, as it comes. Default: 5 MiB, which fits in the
   * cache's usual `maxValueBytes`: bytes are a third longer there.
   */
  readonly maxBodyBytes?: number;
}

/** What is stored of a body unless the caller says otherwise, in bytes. */
export const usualBodyBytes: number = 5 * 1024 * 1024;

/** What became of a request. */
export type RouteAnswer =
  /** The handler has to run, or has run already (`ran`): what it gives goes to this visitor alone. */
  | { readonly kind: 'own'; readonly ran: boolean }
  /** `response`: stored, or just made by this request's own handler (`made`). */
  | { readonly kind: 'response'; readonly response: StoredResponse; readonly made: boolean };

/** What a handler gave: to be stored if it may be. */
export interface Handled {
  readonly status: number;
  readonly headers: StoredResponse['headers'];
  /** Asked for when the rest may be stored; undefined: the body may not. */
  body(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/** Not to be stored: what the handler gave is for the one who asked. */
const unshared = 0;

/**
 * Answers a request from the cache, or runs `handle` under the lease of its key: once for all who ask meanwhile, in all
 * processes. What must not be shared (a cookie set, `no-store`, `private`, another status than 200) goes to the one whose
 * handler made it; the others run theirs.
 */
export function routeCache<Request>(options: RouteCacheOptions<Request>) {
  checkFields('options', options);
  const { cache, key: keyOf, tags: tagsOf, vary = [], maxBodyBytes = usualBodyBytes, ...times } = options;
  checkCache(cache);
  for (const [name, given] of Object.entries({ key: keyOf, tags: tagsOf }))
    if (given !== undefined && typeof given !== 'function')
      throw new InvalidArgumentError(name, 'must be a function of the request', given);
  if (!Array.isArray(vary) || vary.some((name) => typeof name !== 'string'))
    throw new InvalidArgumentError('vary', 'must be a list of names of request fields', vary);
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1)
    throw new InvalidArgumentError('maxBodyBytes', 'must be a whole number of at least 1', maxBodyBytes);
  const varied = vary.map((name) => name.toLowerCase());

  function keyFor(request: Request, facts: RouteRequest): string | undefined {
    if (facts.method !== 'GET' && facts.method !== 'HEAD') return undefined;
    const personal = facts.header('authorization') !== undefined || facts.header('cookie') !== undefined;
    const key = keyOf === undefined ? (personal ? undefined : facts.path) : keyOf(request);
    if (key === undefined) return undefined;
    return JSON.stringify([facts.method, key, ...varied.map((name) => facts.header(name) ?? null)]);
  }

  return async function answer(
    request: Request,
    facts: RouteRequest,
    handle: (signal: AbortSignal) => Promise<Handled | undefined>,
  ): Promise<RouteAnswer> {
    const key = keyFor(request, facts);
    if (key === undefined) return { kind: 'own', ran: false };
    let over = false;
    let run: Promise<unknown> | undefined;
    let failure: { readonly error: unknown } | undefined;

    async function respond(context: LoaderContext<unknown>): Promise<StoredResponse | typeof unshared> {
      let handled: Handled | undefined;
      let body: Uint8Array | undefined;
      try {
        handled = await handle(context.signal);
        if (handled !== undefined && mayBeShared(handled, varied)) body = await handled.body();
      } catch (error) {
        failure = { error };
        if (context.stale !== undefined) fail(error);
      }
      if (handled !== undefined && handled.status >= 500 && context.stale !== undefined)
        fail(new Error(`the route answered ${handled.status}`));
      if (handled === undefined || body === undefined || body.byteLength > maxBodyBytes)
        return refuse(context);
      const headers = handled.headers.filter(([name]) => !perHop.has(name.toLowerCase()));
      const etag = headers.find(([name]) => name.toLowerCase() === 'etag')?.[1] ?? etagOf(body);
      const fields = headers.filter(([name]) => !['etag', 'vary'].includes(name.toLowerCase()));
      if (varied.length > 0) fields.push(['vary', varied.join(', ')]);
      return { status: handled.status, headers: fields, body, etag };
    }

    // In the background there is no request any more whose handler could run.
    const load = (context: LoaderContext<unknown>): unknown => {
      if (over) return refuse(context);
      run = respond(context);
      return run;
    };
    let found: unknown;
    const tags = tagsOf?.(request);
    try {
      found = await cache.getOrSet(key, load, {
        ...times,
        staleWhileRevalidateMs: 0,
        ...(tags !== undefined && { tags }),
      });
    } catch (error) {
      // Another one's failure says nothing about this request; nor does a cache that is away, or closed.
      if (run === undefined) heed(error);
    } finally {
      over = true;
    }
    // The cache may have lost patience, or be closed: the visitor whose handler runs gets what it gives all the same.
    const own = await run?.catch(() => undefined);
    if (isResponse(own)) return { kind: 'response', response: own, made: true };
    if (isResponse(found) && (own !== unshared || failure !== undefined))
      return { kind: 'response', response: found, made: false };
    if (failure !== undefined) throw failure.error;
    return { kind: 'own', ran: run !== undefined };
  };
}

/** What handlers failed with: who waited for one gets it from the cache, and it says nothing about his request. */
const failures = new WeakSet<object>();

function fail(error: unknown): never {
  if (typeof error === 'object' && error !== null) failures.add(error);
  throw error;
}

/** What cannot be tags fails the request. Whatever else keeps the cache from being used leaves it to its own handler; what does not pass by itself is reported. */
function heed(error: unknown): void {
  // What another one's handler threw is its own visitor's matter.
  if (typeof error !== 'object' || error === null || failures.has(error)) return;
  if (error instanceof InvalidArgumentError) throw error;
  const passes = [LoadFailedError, LoadTimeoutError, ValueTooLargeError, ClosedError].some(
    (kind) => error instanceof kind,
  );
  if (!passes && !isUnavailable(error)) reportListenerError(error);
}

/** The fields a stored response is given with; a status of 304 when the visitor has it already. */
export function presented(
  { status, headers, body, etag }: StoredResponse,
  ifNoneMatch: string | undefined,
  fromCache: boolean,
): { readonly status: number; readonly headers: [string, string][]; readonly body: Uint8Array | null } {
  const fields: [string, string][] = headers.map(([name, value]) => [name, value]);
  fields.push(['etag', etag], ['x-cache', fromCache ? 'hit' : 'miss']);
  if (!matchesEtag(ifNoneMatch, etag)) return { status, headers: fields, body };
  const kept = fields.filter(([name]) => !name.toLowerCase().startsWith('content-'));
  return { status: 304, headers: kept, body: null };
}

/** Fields of one connection or one moment. */
const perHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date', 'age']);

function refuse({ doNotCache }: LoaderContext<unknown>): typeof unshared {
  doNotCache();
  return unshared;
}

function mayBeShared({ status, headers }: Handled, varied: readonly string[]): boolean {
  if (status !== 200) return false;
  return headers.every(([name, value]) => {
    if (name.toLowerCase() === 'set-cookie') return false;
    // It differs by something that the key does not know: it would be another visitor's.
    if (name.toLowerCase() === 'vary')
      return value.split(',').every((field) => varied.includes(field.trim().toLowerCase()));
    return name.toLowerCase() !== 'cache-control' || !/\b(no-store|private|no-cache)\b/i.test(value);
  });
}

function isResponse(value: unknown): value is StoredResponse {
  return typeof value === 'object' && value !== null && 'body' in value && 'etag' in value;
}
