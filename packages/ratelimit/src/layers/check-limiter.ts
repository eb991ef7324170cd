import { type CallOptions, InvalidArgumentError } from '@penknife/core';
import type { Limiter } from '../limiter.js';

/** Checks that a layer is given a clock: a driver, or what has one. Throws `InvalidArgumentError`. */
export function checkClock(driver: unknown): void {
  const { clock } = (driver ?? {}) as { clock?: { monotonic?: unknown } };
  if (typeof clock?.monotonic !== 'function')
    throw new InvalidArgumentError('driver', 'must be a driver, or have its clock', driver);
}

/** Checks that a layer is put around one limiter: several limits, or a driver, are none. Throws `InvalidArgumentError`. */
export function checkLimiter(limiter: unknown): void {
  const { check, policy } = (limiter ?? {}) as { check?: unknown; policy?: unknown };
  if (typeof check !== 'function' || typeof policy !== 'object' || policy === null)
    throw new InvalidArgumentError('limiter', 'must be one limiter, bare or with layers around it', limiter);
}

/** Checks that a layer is put around several limits. Throws `InvalidArgumentError`. */
export function checkSeveral(limits: unknown): void {
  const { check, policies } = (limits ?? {}) as { check?: unknown; policies?: unknown };
  if (typeof check !== 'function' || typeof policies !== 'object' || policies === null)
    throw new InvalidArgumentError('limits', 'must be several limits', limits);
}

/** The `extend` of a layer: its limiter's, where it has one. */
export function extending(
  limiter: Limiter,
  within: (call: CallOptions) => CallOptions = (call) => call,
): { readonly extend?: NonNullable<Limiter['extend']> } {
  if (limiter.extend === undefined) return {};
  return {
    extend: async (identifier, result, call = {}) =>
      limiter.extend?.(identifier, result, within(call)) ?? false,
  };
}
