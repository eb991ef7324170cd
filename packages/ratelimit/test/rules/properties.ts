import { type Decision, simulate } from '../../src/index.js';
import { asPolicy, type PlainPolicy } from './traces.js';

type Trace = readonly { readonly atMs: number; readonly cost: number }[];

/** What decides a trace: the simulation, or one with a bug. */
export type Decide = (policy: PlainPolicy, trace: Trace) => readonly Decision[];

/** As it is. */
export const decided: Decide = (policy, trace) => simulate(asPolicy(policy), trace);

/** The same, with every decision changed. */
export function misdecided(change: (decision: Decision) => Partial<Decision>): Decide {
  return (policy, trace) =>
    decided(policy, trace).map((decision) => ({ ...decision, ...change(decision) }) as Decision);
}

const capacityOf = ({ limit, burst = limit }: PlainPolicy): number => burst;

/** The last call of a trace, and what another one would be told after it: truly, whatever was told of the last. */
function ending(decide: Decide, policy: PlainPolicy, trace: Trace) {
  const last = trace.at(-1) as Trace[number];
  return {
    last,
    told: decide(policy, trace).at(-1) as Decision,
    allowedAfter: (cost: number, ms: number): boolean =>
      decided(policy, [...trace, { atMs: last.atMs + ms, cost }]).at(-1)?.allowed === true,
  };
}

/** Where `retryAfterMs` is wrong: at that time the call passes, a millisecond before it does not, and never is never. */
export function falseWait(decide: Decide, policy: PlainPolicy, trace: Trace): string | undefined {
  const { last, told, allowedAfter } = ending(decide, policy, trace);
  const { allowed, retryAfterMs, reason } = told;
  if (allowed) return retryAfterMs === 0 && reason === null ? undefined : 'an allowed call has to wait';
  if (retryAfterMs === null) {
    return last.cost > capacityOf(policy) && reason === 'cost_exceeds_capacity'
      ? undefined
      : `never: ${reason}`;
  }
  if (last.cost > capacityOf(policy)) return `above capacity, and yet to wait ${retryAfterMs} ms`;
  if (!allowedAfter(last.cost, retryAfterMs)) return `denied at ${retryAfterMs} ms`;
  return allowedAfter(last.cost, retryAfterMs - 1) ? `allowed before ${retryAfterMs} ms` : undefined;
}

/** Where `remaining` is wrong: that much passes at once, and one more does not. */
export function falseRemainder(decide: Decide, policy: PlainPolicy, trace: Trace): string | undefined {
  const { told, allowedAfter } = ending(decide, policy, trace);
  const { remaining } = told;
  if (remaining > 0 && !allowedAfter(remaining, 0)) return `${remaining} remain and do not pass`;
  return allowedAfter(remaining + 1, 0) ? `more than ${remaining} remain` : undefined;
}

/** Where `resetMs` is wrong: then everything is there, a millisecond before it is not; 0 says that nothing is used. */
export function falseReset(decide: Decide, policy: PlainPolicy, trace: Trace): string | undefined {
  const { told, allowedAfter } = ending(decide, policy, trace);
  const { resetMs } = told;
  if (!allowedAfter(capacityOf(policy), resetMs)) return `not everything is there after ${resetMs} ms`;
  if (resetMs === 0) return undefined;
  return allowedAfter(capacityOf(policy), resetMs - 1)
    ? `everything is there before ${resetMs} ms`
    : undefined;
}
