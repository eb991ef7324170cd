import type { Policy, RateLimitResult } from '../../src/index.js';
import { resolvePolicy } from '../../src/policy/resolve-policy.js';
import { decide } from '../../src/rules/decide.js';
import { rules } from '../../src/rules/rules.js';
import type { Step } from './steps.js';

/** What a call was told, without what only one who was asked knows: who decided, and under which name it was charged. */
export type Told = Omit<RateLimitResult, 'source' | 'receipt' | 'policy'> | number;

/** What the rules say of a trace of calls to several limits at once, all or nothing: for each call what each limit says. */
export function oracleOfSeveral(policies: readonly Policy[], steps: readonly Step[]): Told[][] {
  const resolved = policies.map(resolvePolicy);
  let states = resolved.map(({ algorithm }) => rules[algorithm].empty);
  return steps
    .filter(({ act }) => act !== 'refund')
    .map(({ atMicros, act, cost }) => {
      const ask = (charge: boolean) =>
        resolved.map((policy, i) => decide(policy, states[i], { nowMicros: atMicros, cost, charge }));
      const looks = ask(false);
      const charges = act === 'check' && looks.every(({ decision }) => decision.allowed);
      const told = charges ? ask(true) : looks;
      states = told.map(({ state }) => state);
      return told.map(({ decision }, i): Told => {
        const { limit = 0, windowMs = 0, capacity = 0 } = resolved[i] ?? {};
        return { ...decision, limit, windowMs, capacity, cost };
      });
    });
}

/** What the rules say of a trace of one identifier, call by call. */
export function oracle(policy: Policy, steps: readonly Step[], chargeDenied: boolean): Told[] {
  const resolved = resolvePolicy(policy);
  const rule = rules[resolved.algorithm];
  const { limit, windowMs, capacity, parameters } = resolved;
  const charges: { readonly receipt: string | null; readonly cost: number }[] = [];
  let state = rule.empty;
  return steps.flatMap(({ atMicros, act, cost }, i): Told[] => {
    if (act === 'refund') {
      const charged = charges[cost % Math.max(1, charges.length)];
      if (charged === undefined) return [];
      if (charged.receipt === null) return [0];
      const meter = rule.read(state, atMicros, { parameters, horizonMicros: 0 });
      const refunded = meter.refund(charged.receipt, charged.cost);
      state = refunded.state;
      return [refunded.units];
    }
    const question = { nowMicros: atMicros, cost, charge: act === 'check', chargeDenied, token: String(i) };
    const { decision, receipt, state: after } = decide(resolved, state, question);
    state = after;
    if (act === 'check') charges.push({ receipt, cost });
    return [{ ...decision, limit, windowMs, capacity, cost }];
  });
}
