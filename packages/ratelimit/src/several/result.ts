import type { RateLimitResult } from '../result.js';

/** The answer to one check of several limits. */
export interface RateLimitsResult<Limit extends string> {
  /** Whether every limit had room. */
  readonly allowed: boolean;
  /** The limit that binds: of those that denied, the one that stays in the way longest. Null when allowed. */
  readonly binding: Limit | null;
  /** Waiting exactly this long makes the call pass, if nobody else comes first. Null when it never can. */
  readonly retryAfterMs: number | null;
  /** What each limit said. `allowed` of a limit means that it had room; nothing was charged unless all had. */
  readonly results: Readonly<Record<Limit, RateLimitResult>>;
}

/** Puts the answers of all limits together. */
export function resultOfAll<Limit extends string>(
  limits: readonly { readonly key: string }[],
  results: readonly RateLimitResult[],
): RateLimitsResult<Limit> {
  const named = Object.fromEntries(limits.map(({ key }, i) => [key, results[i] as RateLimitResult]));
  let binding: string | null = null;
  let longest = -1;
  limits.forEach(({ key }, i) => {
    const { allowed, retryAfterMs } = results[i] as RateLimitResult;
    const waitMs = retryAfterMs ?? Number.POSITIVE_INFINITY;
    if (!allowed && waitMs > longest) [binding, longest] = [key, waitMs];
  });
  return {
    allowed: binding === null,
    binding: binding as Limit | null,
    retryAfterMs: binding === null ? 0 : longest === Number.POSITIVE_INFINITY ? null : longest,
    results: named as Record<Limit, RateLimitResult>,
  };
}
