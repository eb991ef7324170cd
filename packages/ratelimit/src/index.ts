export type { ChangeOptions } from './change-policy.js';
export { rateLimitKeys } from './keys.js';
export type { Health } from './layers/breaker.js';
export { cacheDenials, type DenialCacheOptions } from './layers/denial-cache.js';
export { type GuardedLimiter, guardLimiter } from './layers/guard.js';
export { createLocalLimiter, type LocalLimiterOptions } from './layers/local-limiter.js';
export { type ObserveOptions, observeLimiter } from './layers/observed.js';
export { type SlicedLimiter, type SliceOptions, sliceLimiter } from './layers/slices.js';
export type { GuardOptions } from './layers/watched-server.js';
export type {
  BlockOptions,
  HoldOutcome,
  Limiter,
  LimiterDriver,
  RateLimiter,
  RefundOptions,
} from './limiter.js';
export type {
  CheckOptions,
  LimitOptions,
  PenaltyOptions,
  RateLimiterOptions,
  WaitOptions,
} from './options.js';
export { createPacer, type Pacer, type PacerOptions } from './pacer/pacer.js';
export { type UpstreamResponse, upstreamBackoffMs } from './pacer/upstream-limits.js';
export type {
  Algorithm,
  ConcurrencyPolicy,
  Policy,
  PolicyText,
  ResolvedPolicy,
  SpreadPolicy,
  TokenBucketPolicy,
  WindowPolicy,
} from './policy/policy.js';
export { createRateLimiter } from './rate-limiter.js';
export type { Reservation, Settlement } from './reservation.js';
export type { Decision, DecisionSource, DenialReason, RateLimitResult } from './result.js';
export { type GuardedLimits, guardLimits } from './several/guard-limits.js';
export { observeLimits } from './several/observe-limits.js';
export type { CallLimits, RateLimitsOptions } from './several/options.js';
export { createRateLimits, type RateLimits, type RateLimitsDriver } from './several/rate-limits.js';
export type { RateLimitsResult } from './several/result.js';
export { type Arrival, type SimulateOptions, simulate } from './simulate.js';
