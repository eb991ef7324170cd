import {
  type CallOptions,
  callWithin,
  checkCall,
  checkDriver,
  checkObject,
  type Driver,
  isUnavailable,
  reportListenerError,
  slotOf,
} from '@penknife/core';
import { type Act, checkLimits, forget, type LimitCall } from '../commands.js';
import { rateLimitKeys, stateKey } from '../keys.js';
import type { Algorithm, Policy, ResolvedPolicy } from '../policy/policy.js';
import { policyOf } from '../policy/policy-of.js';
import { checkAnswer, checkResult, policyOfCharge, Refunds } from '../refunds.js';
import type { RateLimitResult } from '../result.js';
import { extendScript, scriptsOf, scriptsOfAll } from '../scripts.js';
import { type CallLimits, limitCalls, type RateLimitsOptions, resolveRateLimits } from './options.js';
import { type RateLimitsResult, resultOfAll } from './result.js';

/** Several limits that are decided together: 10/s and 100/min and 10 000/day; a user, an organisation and everybody. */
export interface RateLimits<Limit extends string> {
  readonly name: string;
  /** Which algorithm each limit goes by. */
  readonly algorithms: Readonly<Record<Limit, Algorithm>>;
  /** What each limit enforces where a call does not say otherwise. */
  readonly policies: Readonly<Record<Limit, ResolvedPolicy>>;
  /**
   * Charges every limit when every one has room, else none. One identifier for all of them, or one for each. One command
   * where all keys are on one server, or share an identifier. Across the slots of a cluster one command each, and what was
   * charged is given back when another denies: that never admits too much, and may deny for the time of one round trip.
   */
  check(
    identifiers: string | Readonly<Record<Limit, string>>,
    options?: CallLimits<Limit>,
  ): Promise<RateLimitsResult<Limit>>;
  /** What `check` would say now, without charging. */
  peek(
    identifiers: string | Readonly<Record<Limit, string>>,
    options?: CallLimits<Limit>,
  ): Promise<RateLimitsResult<Limit>>;
  /** Gives an allowed check back, as `RateLimiter.refund` does for each limit: under the policies of the check, once. */
  refund(
    identifiers: string | Readonly<Record<Limit, string>>,
    result: RateLimitsResult<Limit>,
    options?: CallOptions,
  ): Promise<void>;
  /** Ends the leases of an allowed check: gives back what its `concurrency` limits hold, and nothing else. */
  release(
    identifiers: string | Readonly<Record<Limit, string>>,
    result: RateLimitsResult<Limit>,
    options?: CallOptions,
  ): Promise<void>;
  /** Extends the leases of an allowed check, each from now by the length it was given. False when one had ended. */
  extend(
    identifiers: string | Readonly<Record<Limit, string>>,
    result: RateLimitsResult<Limit>,
    options?: CallOptions,
  ): Promise<boolean>;
  /** Forgets what these identifiers used. */
  reset(identifiers: string | Readonly<Record<Limit, string>>, options?: CallOptions): Promise<void>;
}

/** What one limit was charged. */
interface Charge {
  readonly limit: LimitCall;
  readonly key: string;
  readonly result: RateLimitResult;
  readonly receipt: string;
}

const isLease = (algorithm: Algorithm): boolean => algorithm === 'concurrency';

/** What several limits need of a driver. */
export type RateLimitsDriver = Pick<Driver, 'send' | 'random' | 'topology'>;

/**
 * Makes several limits that are decided together.
 *
 * ```ts
 * const limits = createRateLimits(driver, { name: 'api', limits: { second: '10/s', day: '10000/d', everyone: '500/s' } });
 * const { allowed, binding } = await limits.check({ second: userId, day: userId, everyone: 'all' });
 * ```
 */
export function createRateLimits<const Limit extends string>(
  driver: RateLimitsDriver,
  options: RateLimitsOptions<Limit>,
): RateLimits<Limit> {
  checkDriver(driver);
  const resolved = resolveRateLimits(options);
  const { name, namespace, deadlineMs } = resolved;
  const keys = rateLimitKeys.in(namespace);
  const keyOf = ({ limit, identifier, name }: LimitCall): string =>
    stateKey(keys, limit.policy.algorithm, identifier, name);

  const refunds = new Refunds();
  const leases = resolved.limits.some(({ limit }) => limit.policy.algorithm === 'concurrency');
  const callOptions = (call: CallOptions): CallOptions | undefined => callWithin(call, deadlineMs);

  /** On a cluster: calls whose keys may stand in one script, by their places in the list. */
  function groupsOf(calls: readonly LimitCall[]): readonly (readonly number[])[] {
    const groups = new Map<number, number[]>();
    calls.forEach((call, i) => {
      const slot = slotOf(keyOf(call));
      groups.set(slot, [...(groups.get(slot) ?? []), i]);
    });
    return [...groups.values()];
  }

  const sendRefund = (limit: LimitCall, units: number, receipt: string, call: CallOptions): Promise<number> =>
    driver.send(
      scriptsOf[limit.limit.policy.algorithm].refund([keyOf(limit)], [limit.words, units, receipt]),
      callOptions(call),
    );

  async function giveBack(
    calls: readonly LimitCall[],
    results: readonly (RateLimitResult | undefined)[],
    call: CallOptions,
  ): Promise<void> {
    const sent = calls.map((limit, i) => {
      const receipt = results[i]?.receipt ?? null;
      return receipt === null ? undefined : sendRefund(limit, limit.cost, receipt, call);
    });
    await Promise.all(sent);
  }

  const askTogether = (
    act: Act,
    calls: readonly LimitCall[],
    call: CallOptions,
  ): Promise<RateLimitResult[]> =>
    driver.send(checkLimits(scriptsOfAll, keys, act, calls), callOptions(call));

  /** Asks slot by slot; what one denies is given back by the others. */
  async function askApart(
    groups: readonly (readonly number[])[],
    act: Act,
    calls: readonly LimitCall[],
    call: CallOptions,
  ): Promise<RateLimitResult[]> {
    const results: (RateLimitResult | undefined)[] = calls.map(() => undefined);
    const outcomes = await Promise.allSettled(
      groups.map(async (group) => {
        const members = group.map((i) => calls[i] as LimitCall);
        const answers = await askTogether(act, members, call);
        group.forEach((place, i) => {
          results[place] = answers[i];
        });
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    const denied = results.some((result) => result !== undefined && !result.allowed);
    if (failed === undefined && !denied) return results as RateLimitResult[];
    // What cannot be given back recovers by itself: that denies for a while, and never admits too much.
    const within = call.deadlineMs === undefined ? {} : { deadlineMs: call.deadlineMs };
    const returned = giveBack(calls, results, within).catch(reportUnlessUnavailable);
    // Nobody waits for it whose deadline is over.
    if (failed !== undefined) throw failed.reason;
    await returned;
    return (results as RateLimitResult[]).map((result) =>
      result.receipt === null
        ? result
        : { ...result, receipt: null, remaining: result.remaining + result.cost },
    );
  }

  async function ask(
    act: Act,
    identifiers: string | Readonly<Record<Limit, string>>,
    call: CallLimits<Limit>,
  ): Promise<RateLimitsResult<Limit>> {
    const calls = callsFor(identifiers, call);
    const groups = driver.topology === 'cluster' ? groupsOf(calls) : [];
    const results =
      groups.length > 1 ? await askApart(groups, act, calls, call) : await askTogether(act, calls, call);
    return resultOfAll(resolved.limits, results);
  }

  const callsFor = (
    identifiers: string | Readonly<Record<Limit, string>>,
    call: CallLimits<Limit>,
  ): readonly LimitCall[] => limitCalls(resolved, identifiers, call);

  /** What was charged, under the policies of the check, whatever the limits are by now: else a unit could be worth more. */
  function chargesOf(
    identifiers: string | Readonly<Record<Limit, string>>,
    answer: RateLimitsResult<Limit>,
    call: CallOptions,
    which: (algorithm: Algorithm) => boolean,
  ): readonly Charge[] {
    checkAnswer(answer);
    const charges = resolved.limits.map(({ key, name, limit: { policy } }) => {
      const result = answer.results?.[key as Limit];
      checkResult(result, name);
      return { key, result, policy: policyOf(policyOfCharge(result, policy)) };
    });
    const policies = Object.fromEntries(charges.map(({ key, policy }) => [key, policy])) as Record<
      Limit,
      Policy
    >;
    checkObject('options', call);
    checkCall(call);
    return callsFor(identifiers, { policies }).flatMap((limit, i) => {
      const result = charges[i]?.result;
      const receipt = result?.receipt ?? null;
      const charged = result !== undefined && receipt !== null && which(limit.limit.policy.algorithm);
      return charged ? [{ limit, key: keyOf(limit), result, receipt }] : [];
    });
  }

  async function returned(charges: readonly Charge[], call: CallOptions): Promise<void> {
    const sent = charges.map(({ limit, result, receipt }) =>
      refunds.giveBack(result, {}, (units) => sendRefund(limit, units, receipt, call)),
    );
    await Promise.all(sent);
  }

  return {
    name,
    algorithms: Object.fromEntries(
      resolved.limits.map(({ key, limit }) => [key, limit.policy.algorithm]),
    ) as Record<Limit, Algorithm>,
    policies: Object.fromEntries(resolved.limits.map(({ key, limit }) => [key, limit.policy])) as Record<
      Limit,
      ResolvedPolicy
    >,
    check(identifiers, call = {}) {
      const token = leases ? Buffer.from(driver.random.bytes(12)).toString('base64url') : '';
      return ask({ kind: 'charge', token }, identifiers, call);
    },
    peek: (identifiers, call = {}) => ask({ kind: 'look' }, identifiers, call),
    refund: async (identifiers, result, call = {}) =>
      returned(
        chargesOf(identifiers, result, call, () => true),
        call,
      ),
    release: async (identifiers, result, call = {}) =>
      returned(chargesOf(identifiers, result, call, isLease), call),
    async extend(identifiers, result, call = {}) {
      const sent = chargesOf(identifiers, result, call, isLease).map(({ key, result, receipt }) =>
        driver.send(extendScript([key], [receipt, result.cost, result.windowMs * 1000]), callOptions(call)),
      );
      return (await Promise.all(sent)).every((live) => live);
    },
    async reset(identifiers, call = {}) {
      checkCall(call);
      // Every key is built before anything is sent: a wrong identifier resets none of them.
      const forgotten = callsFor(identifiers, {}).map((limit) => {
        const penalty = limit.limit.penalty === null ? [] : [keys.penalty(limit.identifier, limit.name)];
        return [keyOf(limit), ...penalty];
      });
      await Promise.all(forgotten.map((keys) => driver.send(forget(keys), callOptions(call))));
    },
  };
}

function reportUnlessUnavailable(error: unknown): void {
  if (!isUnavailable(error)) reportListenerError(error);
}
