import type { RateLimitResult } from '../result.js';

/** Answers out of a slice for which the server was asked all the same. */
const askedFor = new WeakSet<RateLimitResult>();

/** Notes that the server was asked for this answer, whatever its source says. */
export function askedServerFor(result: RateLimitResult): RateLimitResult {
  askedFor.add(result);
  return result;
}

/** Whether an answer shows that the server is there: one from memory does not. */
export function answeredByServer(result: RateLimitResult): boolean {
  return result.source === 'server' || askedFor.has(result);
}
