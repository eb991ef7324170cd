export { rateLimitKeys } from './keys.js';
export type { CheckOptions, RateLimiterOptions } from './options.js';
export type { GcraPolicy, Policy, PolicyText, ResolvedPolicy } from './policy.js';
export { createRateLimiter, type RateLimiter } from './rate-limiter.js';
export type { Decision, RateLimitResult } from './result.js';
export { type Arrival, simulate } from './simulate.js';
