import type { Rule } from './meter.js';

/** The start of a window in µs and the units charged in it; beyond the limit they are booked in the windows after it. */
export interface FixedWindowState {
  readonly start: number;
  readonly count: number;
}

/** Fixed window, aligned to the epoch. Parameters: limit, window in µs. */
export const fixedWindow: Rule<FixedWindowState | null> = {
  empty: null,
  read(stored, now, { parameters: [limit, window], horizonMicros }) {
    const start = Math.floor(now / window) * window;
    const carried = (state: FixedWindowState): number =>
      state.start >= start ? state.count : state.count - ((start - state.start) / window) * limit;
    const count = stored === null ? 0 : Math.max(0, carried(stored));
    const windowsAhead = (cost: number): number =>
      Math.floor(count / limit) + ((count % limit) + Math.min(cost, limit) > limit ? 1 : 0);
    const state = stored !== null && stored.start > start ? { start, count } : stored;
    return {
      state,
      remaining: Math.max(0, limit - count),
      resetMicros: count === 0 ? 0 : start + Math.ceil(count / limit) * window - now,
      queuedMicros: 0,
      waitMicros(cost) {
        if (cost > limit) return -1;
        const ahead = windowsAhead(cost);
        return ahead === 0 ? 0 : start + ahead * window - now;
      },
      charge(cost) {
        const from = Math.max(count, windowsAhead(cost) * limit);
        const most = limit * (2 + Math.floor(horizonMicros / window));
        const charged = { start, count: Math.min(most, from + cost) };
        return { state: charged, receipt: `${charged.start} ${charged.count}` };
      },
      refund(receipt, units) {
        const [chargedIn = 0, chargedTo = 0] = receipt.split(' ').map(Number);
        const position = carried({ start: chargedIn, count: chargedTo });
        if (position < 1 || (count > limit && position !== count)) return { state, units: 0 };
        const back = Math.min(units, count);
        if (back === 0) return { state, units: 0 };
        return { state: count === back ? null : { start, count: count - back }, units: back };
      },
    };
  },
};
