export type { ChangeOptions } from './change-policy.js';
export { rateLimitKeys } from './keys.js';
export type { HoldOutcome, Limiter, LimiterDriver, RateLimiter, RefundOptions } from './limiter.js';
export type {
  CheckOptions,
  LimitOptions,
  PenaltyOptions,
  RateLimiterOptions,
  WaitOptions,
} from './options.js';
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
export { type Arrival, type SimulateOptions, simulate } from './simulate.js';
