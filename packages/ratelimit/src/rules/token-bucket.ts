import type { Rule } from './meter.js';

/** When tokens last fell, in µs, and how many are missing from a full bucket; above its capacity they are booked ahead. */
export interface TokenBucketState {
  readonly at: number;
  readonly missing: number;
}

/** Token bucket, filled in whole steps. Parameters: tokens a step, step in µs, capacity. */
export const tokenBucket: Rule<TokenBucketState | null> = {
  empty: null,
  read(stored, now, { parameters: [limit, window, capacity], horizonMicros }) {
    let at = stored === null ? now : Math.min(stored.at, now);
    let missing = stored === null ? 0 : stored.missing;
    const steps = Math.floor((now - at) / window);
    missing -= steps * limit;
    if (missing > 0) at += steps * window;
    else {
      missing = 0;
      at = now;
    }
    const fallen = (tokens: number): number => at + Math.ceil(tokens / limit) * window - now;
    const state = stored !== null && stored.at > now ? { at, missing } : stored;
    return {
      state,
      remaining: Math.max(0, capacity - missing),
      resetMicros: missing === 0 ? 0 : fallen(missing),
      queuedMicros: 0,
      waitMicros(cost) {
        if (cost > capacity) return -1;
        const over = missing + cost - capacity;
        return over <= 0 ? 0 : fallen(over);
      },
      charge(cost) {
        const most = capacity + limit * (1 + Math.ceil(horizonMicros / window));
        const charged = { at, missing: Math.min(most, missing + cost) };
        return { state: charged, receipt: `${charged.at} ${charged.missing}` };
      },
      refund(receipt, units) {
        const [chargedAt = 0, chargedTo = 0] = receipt.split(' ').map(Number);
        const position = chargedTo - Math.floor(Math.max(0, now - chargedAt) / window) * limit;
        if (missing > capacity && position !== missing) return { state, units: 0 };
        const back = Math.max(0, Math.min(units, position, missing));
        if (back === 0) return { state, units: 0 };
        return { state: missing === back ? null : { at, missing: missing - back }, units: back };
      },
    };
  },
};
