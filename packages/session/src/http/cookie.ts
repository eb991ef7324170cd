import { type Duration, durationMs, InvalidArgumentError } from '@penknife/core';

/** How the cookie is set. HttpOnly and `Path=/` always are. */
export interface CookieOptions {
  /** Default `'__Host-session'`: browsers then refuse it from subdomains and without Secure. */
  readonly name?: string;
  /** Default `'Lax'`. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  /** False only for development without TLS; the name must then be one without `__Host-` or `__Secure-`. Default true. */
  readonly secure?: boolean;
  /** How long the browser keeps it. Default null: until it is closed. The server's clocks decide in any case. */
  readonly maxAgeMs?: Duration | null;
}

/** Cookie options with everything decided. */
export interface ResolvedCookie {
  readonly name: string;
  readonly attributes: string;
  /** Sent when the session was logged out. */
  readonly cleared: string;
}

const nameRule = /^[A-Za-z0-9_-]{1,64}$/;
/** Longest Cookie header that is looked at; servers and proxies cut at 8 to 16 KB. */
const longestHeader = 32_768;
/** Most cookies of the session's name that are tried: more than one means that somebody tosses them. */
const mostCandidates = 4;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveCookie(options: CookieOptions = {}): ResolvedCookie {
  const { name = '__Host-session', sameSite = 'Lax', secure = true, maxAgeMs = null } = options;
  if (typeof name !== 'string' || !nameRule.test(name)) {
    throw new InvalidArgumentError('name', 'must be 1 to 64 letters, digits, `_` or `-`', name);
  }
  if (sameSite !== 'Strict' && sameSite !== 'Lax' && sameSite !== 'None') {
    throw new InvalidArgumentError('sameSite', "must be 'Strict', 'Lax' or 'None'", sameSite);
  }
  if (typeof secure !== 'boolean') throw new InvalidArgumentError('secure', 'must be true or false', secure);
  const lower = name.toLowerCase();
  if (
    secure !== true &&
    (lower.startsWith('__host-') || lower.startsWith('__secure-') || sameSite === 'None')
  ) {
    throw new InvalidArgumentError(
      'secure',
      `must be true for a cookie ${name} with SameSite=${sameSite}`,
      secure,
    );
  }
  const seconds =
    maxAgeMs === null ? null : Math.floor(durationMs(maxAgeMs, 'maxAgeMs', { minMs: 1000 }) / 1000);
  const common = `Path=/; HttpOnly;${secure ? ' Secure;' : ''} SameSite=${sameSite}`;
  return {
    name,
    attributes: seconds === null ? common : `${common}; Max-Age=${seconds}`,
    cleared: `${name}=; ${common}; Max-Age=0`,
  };
}

/** The values a Cookie header gives for a name, at most 4, without decoding. One that is no token for a header above 32 KB. */
export function cookieValues(header: string | null | undefined, name: string): readonly string[] {
  if (typeof header !== 'string') return [];
  if (header.length > longestHeader) return [''];
  const values: string[] = [];
  let from = 0;
  while (from < header.length && values.length < mostCandidates) {
    const semicolon = header.indexOf(';', from);
    const end = semicolon < 0 ? header.length : semicolon;
    const equals = header.indexOf('=', from);
    if (equals >= 0 && equals < end && header.slice(from, equals).trim() === name) {
      const value = header.slice(equals + 1, end).trim();
      values.push(value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value);
    }
    from = end + 1;
  }
  return values;
}
