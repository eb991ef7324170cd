import type { Rule } from './meter.js';

/** The theoretical arrival time in ns; 0 when nothing is booked. */
export type GcraState = bigint;

/**
 * Generic cell rate algorithm. Source: ITU-T I.371, annex A (virtual scheduling), with a cost and without charging what is
 * denied. Parameters: interval in ns, capacity in ns.
 */
export const gcra: Rule<GcraState> = {
  empty: 0n,
  read(stored, nowMicros, { parameters: [interval, capacity], horizonMicros }) {
    const nowNs = BigInt(nowMicros) * 1000n;
    const most = capacity + horizonMicros * 1000;
    const distance = Number(stored - nowNs);
    const ahead = Math.min(most, Math.max(0, distance));
    const stateOf = (ns: number): GcraState => (ns === 0 ? 0n : nowNs + BigInt(ns));
    const state = distance > most ? stateOf(most) : stored;
    return {
      state,
      remaining: Math.max(0, Math.floor((capacity - ahead) / interval)),
      resetMicros: Math.ceil(ahead / 1000),
      queuedMicros: Math.ceil(ahead / 1000),
      waitMicros(cost) {
        const need = cost * interval;
        return need > capacity ? -1 : Math.max(0, Math.ceil((ahead + need - capacity) / 1000));
      },
      charge(cost) {
        const charged = stateOf(Math.min(most, ahead + cost * interval));
        return { state: charged, receipt: String(charged) };
      },
      refund(receipt, units) {
        const position = Number(BigInt(receipt) - nowNs);
        if (ahead > capacity && position !== ahead) return { state, units: 0 };
        const back = Math.max(0, Math.min(units * interval, position, ahead));
        if (back === 0) return { state, units: 0 };
        return { state: stateOf(ahead - back), units: Math.floor(back / interval) };
      },
    };
  },
};
