import type { Rule } from './meter.js';

/** One charge: when in µs, its units, the units of all entries up to it, and a number that names it. */
export interface LogEntry {
  readonly at: number;
  readonly cost: number;
  readonly sum: number;
  readonly turn: number;
}

/** Charges in the order of their times; the last may lie ahead of now when calls are booked. */
export type LogState = readonly LogEntry[];

/** Sliding window of remembered charges, exact in any window. Parameters: limit, window in µs. */
export const slidingWindowLog: Rule<LogState> = {
  empty: [],
  read(stored, now, { parameters: [limit, window], horizonMicros }) {
    let entries = stored;
    const newest = stored.at(-1);
    let from = Math.max(now, newest?.at ?? 0);
    let first = firstOf(entries, (entry) => entry.at > from - window);
    let base = (entries[first]?.sum ?? 0) - (entries[first]?.cost ?? 0);
    const used = first === entries.length ? 0 : (newest?.sum ?? 0) - base;
    if (newest !== undefined && newest.at > now + horizonMicros) {
      // The clock stepped back: everything that counted counts from now.
      entries = [{ at: now, cost: used, sum: used, turn: newest.turn }];
      [from, first, base] = [now, 0, 0];
    }
    const last = entries.at(-1);
    const booked = from > now;
    return {
      state: entries,
      remaining: booked ? 0 : Math.max(0, limit - used),
      resetMicros: used === 0 || last === undefined ? 0 : last.at + window - now,
      queuedMicros: 0,
      waitMicros(cost) {
        if (cost > limit) return -1;
        const over = used + cost - limit;
        if (over <= 0) return from - now;
        const freeing = entries[firstOf(entries, (entry) => entry.sum - base >= over)];
        return (freeing?.at ?? now) + window - now;
      },
      charge(cost, waitMicros) {
        const units = Math.min(cost, 2 * limit - used);
        const turn = (last?.turn ?? 0) + 1;
        const sum = (last?.sum ?? 0) + units;
        const entry = { at: Math.max(now + waitMicros, from), cost: units, sum, turn };
        return { state: [...entries.slice(first), entry], receipt: `${entry.at} ${turn}` };
      },
      refund(receipt, units) {
        const [at = 0, turn = 0] = receipt.split(' ').map(Number);
        const place = firstOf(entries, (entry) => entry.turn >= turn);
        const found = entries[place];
        const none = { state: entries, units: 0 };
        if (found === undefined || found.turn !== turn || found.at !== at || place < first) return none;
        if (booked && found !== last) return none;
        const back = Math.min(units, found.cost);
        if (back === 0) return none;
        const kept = entries
          .slice(0, place + 1)
          .map((entry) =>
            entry === found ? { ...entry, cost: entry.cost - back, sum: entry.sum - back } : entry,
          );
        const later = entries.slice(place + 1).map((entry) => ({ ...entry, sum: entry.sum - back }));
        if (found === last && found.cost === back) kept.pop();
        return { state: [...kept, ...later], units: back };
      },
    };
  },
};

/** The first place where a condition holds that holds from some place on; the length where it never does. */
function firstOf(entries: LogState, holds: (entry: LogEntry) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(entries[middle] as LogEntry)) high = middle;
    else low = middle + 1;
  }
  return low;
}
