import type { CallOptions } from '@penknife/core';
import { checkCall, InvalidArgumentError } from '@penknife/core';
import type { RateLimitResult } from './result.js';

/** How a reservation ended. */
export interface Settlement {
  /** False when it had expired, or was settled before: nothing was charged or given back. */
  readonly settled: boolean;
  readonly remaining: number;
  readonly resetMs: number;
}

/** A charge whose true cost is known later. */
export interface Reservation {
  /** Whether it was granted, and what is left. A denied one has nothing to settle. */
  readonly result: RateLimitResult;
  /**
   * Replaces the estimate by the true cost, 0 included: less is given back, more is charged even beyond the limit, at most
   * one capacity at once. Takes effect once: a repeated call says `settled: false`.
   */
  settle(cost: number, options?: CallOptions): Promise<Settlement>;
  /** Gives everything back. */
  cancel(options?: CallOptions): Promise<Settlement>;
}

/** Wraps a granted or denied reservation. */
export function reservationOf(
  result: RateLimitResult,
  send: (cost: number, call: CallOptions) => Promise<readonly number[]>,
): Reservation {
  async function settle(cost: number, call: CallOptions = {}): Promise<Settlement> {
    checkCall(call);
    if (!Number.isSafeInteger(cost) || cost < 0 || cost > 1e9)
      throw new InvalidArgumentError('cost', 'must be a whole number from 0 to 1000000000', cost);
    if (!result.allowed) return { settled: false, remaining: result.remaining, resetMs: result.resetMs };
    const [settled, remaining = 0, resetMs = 0] = await send(cost, call);
    return { settled: settled === 1, remaining, resetMs };
  }
  return { result, settle, cancel: (call) => settle(0, call) };
}
