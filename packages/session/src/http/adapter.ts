import { checkObject, InvalidArgumentError } from '@penknife/core';
import { type CookieOptions, type ResolvedCookie, resolveCookie } from './cookie.js';

/** How an adapter treats requests. */
export interface AdapterOptions extends CookieOptions {
  /**
   * True: a request that may change something (any method but GET, HEAD, OPTIONS and TRACE) must carry a token of its session,
   * from `csrfToken()`, in the header `x-csrf-token`, and is answered 403 otherwise. For tokens in forms leave it off
   * and call `requireCsrf`. Default false.
   */
  readonly csrf?: boolean;
}

/** Adapter options with everything decided. */
export interface ResolvedAdapter {
  readonly cookie: ResolvedCookie;
  readonly csrf: boolean;
}

/** The header that carries the token against forged requests. */
export const csrfHeader = 'x-csrf-token';

const harmless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveAdapter(options: AdapterOptions = {}): ResolvedAdapter {
  checkObject('options', options);
  const { csrf = false } = options;
  if (typeof csrf !== 'boolean') throw new InvalidArgumentError('csrf', 'must be true or false', csrf);
  return { cookie: resolveCookie(options), csrf };
}

/** True for methods that change nothing. */
export function isHarmless(method: string): boolean {
  return harmless.has(method);
}
