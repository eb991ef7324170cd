import { type Clock, checkCall } from '@penknife/core';
import type { Health } from '../layers/breaker.js';
import { checkSeveral } from '../layers/check-limiter.js';
import { createLocalLimiter } from '../layers/local-limiter.js';
import { type GuardOptions, watchServer } from '../layers/watched-server.js';
import type { Limiter } from '../limiter.js';
import type { Policy, ResolvedPolicy } from '../policy/policy.js';
import { resolvePolicy } from '../policy/resolve-policy.js';
import { checkAnswer } from '../refunds.js';
import type { RateLimitResult } from '../result.js';
import { type CallLimits, costOf, identifierOf } from './options.js';
import type { RateLimits } from './rate-limits.js';
import { type RateLimitsResult, resultOfAll } from './result.js';

/** Several limits that always answer in time. */
export interface GuardedLimits<Limit extends string> extends RateLimits<Limit> {
  readonly health: Health;
}

/** Whether the server answered: another guard below may have. */
const byServer = ({ results }: RateLimitsResult<string>): boolean =>
  Object.values(results).some(({ source }) => source === 'server');

/** One of the limits while the server cannot be asked. */
interface Alone {
  readonly key: string;
  readonly name: string;
  readonly policy: ResolvedPolicy;
  readonly local: Limiter;
}

type Identifiers = string | Readonly<Record<string, string>>;

/**
 * Puts several limits behind a deadline and a breaker, as `guardLimiter` does one. Without the server `open` and `closed` say
 * the same of every limit; `local` charges this instance's share of each, all or nothing. `refund` and `release` of what
 * cannot be given back resolve, since it recovers by itself; `reset` and `extend` reject.
 */
export function guardLimits<Limit extends string>(
  driver: { readonly clock: Clock },
  limits: RateLimits<Limit>,
  options: GuardOptions,
): GuardedLimits<Limit> {
  checkSeveral(limits);
  const server = watchServer(driver, options);
  const { within } = server;
  const alone = Object.entries<ResolvedPolicy>(limits.policies).map(([key, policy]): Alone => {
    const name = `${limits.name}.${key}`;
    return { key, name, policy, local: createLocalLimiter(driver, server.localOptions(policy, name)) };
  });

  async function instead(
    charge: boolean,
    identifiers: Identifiers,
    call: CallLimits<string>,
  ): Promise<RateLimitsResult<Limit>> {
    if (server.fallback !== 'local') {
      const unasked = alone.map(({ key, name, policy }) => {
        const other: Policy | undefined = call.policies?.[key];
        return server.unasked(other === undefined ? policy : resolvePolicy(other), name, costOf(call, key));
      });
      return resultOfAll<Limit>(alone, unasked);
    }
    const asked = alone.map(({ key, local }) => {
      const other: Policy | undefined = call.policies?.[key];
      const mine = { cost: costOf(call, key), ...(other !== undefined && { policy: server.shareOf(other) }) };
      return { local, identifier: identifierOf(identifiers, key), mine };
    });
    // Looking refuses what charging would: nothing is charged of a call that one of them refuses.
    const looked = await Promise.all(
      asked.map(({ local, identifier, mine }) => local.peek(identifier, mine)),
    );
    const results = charge
      ? await Promise.all(asked.map(({ local, identifier, mine }) => local.check(identifier, mine)))
      : looked;
    const answer = resultOfAll<Limit>(alone, results);
    if (answer.allowed || !charge) return answer;
    // All or nothing: what the others charged is given back.
    const kept = await Promise.all(results.map((result, i) => uncharged(identifiers, result, alone[i])));
    return resultOfAll<Limit>(alone, kept);
  }

  async function uncharged(
    identifiers: Identifiers,
    result: RateLimitResult,
    one: Alone | undefined,
  ): Promise<RateLimitResult> {
    if (one === undefined || result.receipt === null) return result;
    await one.local.refund(identifierOf(identifiers, one.key), result);
    return { ...result, receipt: null, remaining: result.remaining + result.cost };
  }

  /** Gives back what was charged here; what the server charged is left to `send`. */
  async function returned(
    identifiers: Identifiers,
    answer: RateLimitsResult<Limit>,
    which: (one: Alone) => boolean,
    send: () => Promise<void>,
  ): Promise<void> {
    checkAnswer(answer);
    const here = alone.filter(({ key }) => answer.results?.[key as Limit]?.source === 'local');
    if (here.length === 0) {
      const receipts = alone.filter(which).map(({ key }) => answer.results?.[key as Limit]?.receipt ?? null);
      // Without a receipt nothing is sent, nor for what was given back before: success says nothing of the server.
      await (receipts.some((receipt) => receipt !== null) ? server.ask(send, () => false) : send());
      return;
    }
    await Promise.all(
      here
        .filter(which)
        .map(({ key, local }) => local.refund(identifierOf(identifiers, key), answer.results[key as Limit])),
    );
  }

  return {
    name: limits.name,
    algorithms: limits.algorithms,
    policies: limits.policies,
    get health() {
      return server.health;
    },
    async check(identifiers, call = {}) {
      checkCall(call);
      const answer = await server.ask(() => limits.check(identifiers, within(call)), byServer);
      return answer ?? instead(true, identifiers, call);
    },
    async peek(identifiers, call = {}) {
      checkCall(call);
      const answer = await server.ask(() => limits.peek(identifiers, within(call)), byServer);
      return answer ?? instead(false, identifiers, call);
    },
    async refund(identifiers, answer, call = {}) {
      checkCall(call);
      await returned(
        identifiers,
        answer,
        () => true,
        () => limits.refund(identifiers, answer, within(call)),
      );
    },
    async release(identifiers, answer, call = {}) {
      checkCall(call);
      await returned(
        identifiers,
        answer,
        ({ policy }) => policy.algorithm === 'concurrency',
        () => limits.release(identifiers, answer, within(call)),
      );
    },
    extend: async (identifiers, answer, call = {}) => limits.extend(identifiers, answer, within(call)),
    async reset(identifiers, call = {}) {
      checkCall(call);
      await Promise.all(alone.map(({ key, local }) => local.reset(identifierOf(identifiers, key))));
      await limits.reset(identifiers, within(call));
    },
  };
}
