import { InvalidArgumentError } from '@penknife/core';

/** Checks that a layer is put around one limiter: several limits, or a driver, are none. Throws `InvalidArgumentError`. */
export function checkLimiter(limiter: unknown): void {
  const { check, policy } = (limiter ?? {}) as { check?: unknown; policy?: unknown };
  if (typeof check !== 'function' || typeof policy !== 'object')
    throw new InvalidArgumentError('limiter', 'must be one limiter, bare or with layers around it', limiter);
}
