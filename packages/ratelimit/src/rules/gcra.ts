import type { ResolvedPolicy } from '../policy.js';
import type { Decision } from '../result.js';

/** The state of one identifier: the theoretical arrival time in ns; 0 when nothing is booked. */
export type GcraState = bigint;

/**
 * GCRA as a pure function, the oracle of the script of the same name and the engine of `simulate`.
 * Source: ITU-T I.371, annex A (virtual scheduling), with a cost and without charging what is denied.
 */
export function decideGcra(
  policy: ResolvedPolicy,
  state: GcraState,
  nowMs: number,
  cost: number,
): { readonly decision: Decision; readonly state: GcraState } {
  const { intervalNs, capacityNs } = policy;
  const nowNs = BigInt(Math.floor(nowMs * 1000)) * 1000n;
  const need = cost * intervalNs;
  const ahead = Math.min(capacityNs, Math.max(0, Number(state - nowNs)));
  const booked = ahead + need;
  if (booked > capacityNs) {
    const retryAfterMs = need <= capacityNs ? Math.ceil((booked - capacityNs) / 1e6) : null;
    return { decision: decision(policy, false, ahead, retryAfterMs), state };
  }
  return { decision: decision(policy, true, booked, 0), state: nowNs + BigInt(booked) };
}

function decision(
  policy: ResolvedPolicy,
  allowed: boolean,
  ahead: number,
  retryAfterMs: number | null,
): Decision {
  return {
    allowed,
    remaining: Math.floor((policy.capacityNs - ahead) / policy.intervalNs),
    retryAfterMs,
    resetMs: Math.ceil(ahead / 1e6),
  };
}
