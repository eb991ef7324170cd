import type { Rule } from './meter.js';

/** One unit in use: whose lease, and when it ends in µs. In the order of their ends. */
export interface Lease {
  readonly unit: string;
  readonly ends: number;
}

/** Units in use at the same time, as leases. Parameters: limit, lease in µs. */
export const concurrency: Rule<readonly Lease[]> = {
  empty: [],
  read(stored, now, { parameters: [limit, lease] }) {
    const live = stored.filter(({ ends }) => ends > now);
    return {
      state: stored,
      remaining: Math.max(0, limit - live.length),
      resetMicros: (live.at(-1)?.ends ?? now) - now,
      queuedMicros: 0,
      waitMicros(cost) {
        if (cost > limit) return -1;
        const over = live.length + cost - limit;
        return over <= 0 ? 0 : (live[over - 1]?.ends ?? now) - now;
      },
      charge(cost, _waitMicros, token) {
        const taken = Array.from({ length: cost }, (_, i) => ({ unit: `${token} ${i}`, ends: now + lease }));
        return { state: [...live, ...taken].sort((a, b) => a.ends - b.ends), receipt: token };
      },
      refund(receipt, units) {
        const own = live.filter(({ unit }) => unit.startsWith(`${receipt} `)).slice(0, units);
        return { state: stored.filter((unit) => !own.includes(unit)), units: own.length };
      },
    };
  },
};
