import { checkObject, type Duration, durationMs, InvalidArgumentError } from '@penknife/core';

/** How presence is made. */
export interface PresenceOptions {
  /** How long a node that is gone without a word still counts. Default `'10s'`, at least 100 ms. It is renewed every third of it. */
  readonly lease?: Duration;
  /** How long after `leave()` a user still counts, so that a page that is reloaded does not leave and join. Default `'2s'`; 0: not at all. */
  readonly grace?: Duration;
  /** How many users one room may have, 1 to 10 000. Default 10 000. */
  readonly limit?: number;
}

/** Options with everything decided. */
export interface ResolvedPresenceOptions {
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly limit: number;
}

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolvePresenceOptions(options: PresenceOptions): ResolvedPresenceOptions {
  checkObject('options', options);
  const { lease = '10s', grace = '2s', limit = 10_000 } = options;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 10_000) {
    throw new InvalidArgumentError('limit', 'must be a whole number of 1 to 10000', limit);
  }
  return {
    leaseMs: durationMs(lease, 'lease', { minMs: 100 }),
    graceMs: durationMs(grace, 'grace', { minMs: 0 }),
    limit,
  };
}
