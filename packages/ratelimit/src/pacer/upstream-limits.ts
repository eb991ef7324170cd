/** What is read of a response: `Response` of fetch, or anything like it. */
export interface UpstreamResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** What `X-RateLimit-Reset` means: seconds from now, or since 1970 when it is this large. */
const epochFrom = 1_000_000_000;

/**
 * How long an upstream wants to be left alone, in ms; 0 when it says nothing of the kind, null when it refuses without saying
 * how long. Read from `Retry-After`, `RateLimit` (draft-11 items, draft-7 members), `RateLimit-…` and `X-RateLimit-…`.
 */
export function upstreamBackoffMs({ status, headers }: UpstreamResponse, nowMs: number): number | null {
  const refused = status === 429 || status === 503;
  const retryAfter = headers.get('retry-after');
  if (refused && retryAfter !== null) {
    const ms = retryAfterMs(retryAfter, Date.parse(headers.get('date') ?? '') || nowMs);
    if (ms !== null) return ms;
  }
  const seconds = exhaustedFor(headers, nowMs);
  if (seconds !== null) return seconds * 1000;
  return refused ? null : 0;
}

function retryAfterMs(value: string, nowMs: number): number | null {
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

/** Seconds until a quota with nothing left is filled again. Null when each has something left, or none is named. */
function exhaustedFor(headers: UpstreamResponse['headers'], nowMs: number): number | null {
  const combined = headers.get('ratelimit') ?? '';
  let longest: number | null = null;
  for (const item of combined.includes(';') ? combined.split(',') : [combined]) {
    const left = /(?:;\s*r|remaining)\s*=\s*(\d+)/.exec(item)?.[1];
    const reset = /(?:;\s*t|reset)\s*=\s*(\d+)/.exec(item)?.[1];
    if (left !== undefined && Number(left) === 0 && reset !== undefined)
      longest = Math.max(longest ?? 0, Number(reset));
  }
  for (const prefix of ['ratelimit', 'x-ratelimit']) {
    const left = headers.get(`${prefix}-remaining`);
    const reset = Number(headers.get(`${prefix}-reset`) ?? Number.NaN);
    if (left === null || Number(left) !== 0 || !Number.isFinite(reset)) continue;
    const seconds = reset >= epochFrom ? Math.ceil(reset - nowMs / 1000) : reset;
    longest = Math.max(longest ?? 0, seconds);
  }
  return longest;
}
