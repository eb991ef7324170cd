import type { Rule } from './meter.js';

/** The start of a window in µs, the units charged in the window before it, and in it. */
export interface SlidingCounterState {
  readonly start: number;
  readonly previous: number;
  readonly current: number;
}

/** Where float division may be one µs off, the neighbours are tried. */
const neighbours = 3;

/** The smallest time from the window's start, at least `from`, at which the former units weigh at most `room`. */
function earliest(units: number, room: number, from: number, window: number): number {
  const fits = (elapsed: number): boolean => Math.ceil((units * (window - elapsed)) / window) <= room;
  if (units === 0 || fits(from)) return from;
  let elapsed = Math.max(from, Math.ceil(window - (room * window) / units));
  for (let i = 0; i < neighbours && elapsed > from && fits(elapsed - 1); i++) elapsed -= 1;
  for (let i = 0; i < neighbours && !fits(elapsed); i++) elapsed += 1;
  return elapsed;
}

/**
 * Sliding window from two counters: the window before counts by how much of it still overlaps, rounded up.
 * Source: Cloudflare, "How we built rate limiting capable of scaling to millions of domains". Parameters: limit, window in µs.
 */
export const slidingWindowCounter: Rule<SlidingCounterState | null> = {
  empty: null,
  read(stored, now, { parameters: [limit, window] }) {
    const start = Math.floor(now / window) * window;
    const elapsed = now - start;
    let [previous, current] = [0, 0];
    if (stored !== null && stored.start >= start) ({ previous, current } = stored);
    else if (stored !== null && stored.start === start - window) previous = stored.current;
    const used = Math.ceil((previous * (window - elapsed)) / window) + current;
    const stateOf = (before: number, now: number): SlidingCounterState | null =>
      before === 0 && now === 0 ? null : { start, previous: before, current: now };
    const state = stored !== null && stored.start > start ? stateOf(previous, current) : stored;
    return {
      state,
      remaining: Math.max(0, limit - used),
      resetMicros: current > 0 ? 2 * window - elapsed : previous > 0 ? window - elapsed : 0,
      queuedMicros: 0,
      waitMicros(cost) {
        if (cost > limit) return -1;
        if (current + cost <= limit)
          return earliest(previous, limit - cost - current, elapsed, window) - elapsed;
        return window - elapsed + earliest(current, limit - cost, 0, window);
      },
      charge(cost) {
        const charged = { start, previous, current: Math.min(2 * limit, current + cost) };
        return { state: charged, receipt: String(start) };
      },
      refund(receipt, units) {
        const chargedIn = Number(receipt);
        const own = chargedIn === start;
        const back = Math.min(units, own ? current : chargedIn === start - window ? previous : 0);
        if (back === 0) return { state, units: 0 };
        return {
          state: own ? stateOf(previous, current - back) : stateOf(previous - back, current),
          units: back,
        };
      },
    };
  },
};
