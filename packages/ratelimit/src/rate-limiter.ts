import {
  type CallOptions,
  callWithin,
  checkCall,
  checkDriver,
  checkObject,
  defineTrace,
  InvalidArgumentError,
} from '@penknife/core';
import { changePolicy } from './change-policy.js';
import { type Act, checkLimit, forget, type LimitWords, limitWords } from './commands.js';
import { hold } from './holding.js';
import { checkIdentifier, rateLimitKeys, stateKey } from './keys.js';
import type { LimiterDriver, RateLimiter } from './limiter.js';
import {
  blockMs,
  type CheckOptions,
  type RateLimiterOptions,
  resolveLimit,
  resolveOptions,
} from './options.js';
import type { Policy, ResolvedPolicy } from './policy/policy.js';
import { checkCost, resolvePolicy } from './policy/resolve-policy.js';
import { checkResult, policyOfCharge, Refunds } from './refunds.js';
import { reservationOf } from './reservation.js';
import type { RateLimitResult } from './result.js';
import { blockScript, extendScript, scriptsOf } from './scripts.js';
import { waitForTurn } from './waiting.js';

const trace = defineTrace('ratelimit.check');
/** Rule and three parameters: what a limit's words begin with. */
const ruleWords = 4;

/**
 * Makes a rate limiter on the server's clock. Exact across processes: each decision is one atomic script.
 *
 * ```ts
 * const limiter = createRateLimiter(driver, { name: 'api', policy: '100/min burst 20' });
 * const { allowed, remaining, retryAfterMs } = await limiter.check(userId);
 * ```
 */
export function createRateLimiter(driver: LimiterDriver, options: RateLimiterOptions): RateLimiter {
  checkDriver(driver);
  const { limit, name, namespace, deadlineMs, longestWaitMs, reservationMs } = resolveOptions(options);
  const { policy } = limit;
  const { algorithm } = policy;
  const keys = rateLimitKeys.in(namespace);
  const scripts = scriptsOf[algorithm];
  const own = limitWords(limit);
  const refunds = new Refunds();

  function under(other: Policy | undefined): LimitWords {
    if (other === undefined) return own;
    const resolved = resolvePolicy(other);
    if (resolved.algorithm !== algorithm)
      throw new InvalidArgumentError('policy', `must keep the algorithm ${algorithm}`, resolved.algorithm);
    return wordsUnder(resolved);
  }
  const wordsUnder = (other: ResolvedPolicy): LimitWords =>
    limitWords(resolveLimit(options, other, longestWaitMs, reservationMs > 0));
  function charged(result: RateLimitResult): LimitWords {
    const then = policyOfCharge(result, policy);
    return then === policy ? own : wordsUnder(then);
  }
  const callOptions = (call: CallOptions): CallOptions | undefined => callWithin(call, deadlineMs);
  const keyOf = (identifier: string): string => stateKey(keys, algorithm, identifier, name);
  const token = (): string => Buffer.from(driver.random.bytes(12)).toString('base64url');
  const plainCharge: Act = { kind: 'charge', token: '' };
  const charge = (): Act => (algorithm === 'concurrency' ? { kind: 'charge', token: token() } : plainCharge);

  /** Not an async function: it is on the way of every decision, and a promise more is felt there. */
  function ask(act: Act, identifier: string, options: CheckOptions = {}): Promise<RateLimitResult> {
    try {
      checkCall(options);
      const { limit, words, plain } = under(options.policy);
      const call = { limit, words, plain, name, identifier, cost: checkCost(options.cost ?? 1) };
      return driver.send(checkLimit(scripts, keys, act, call), callOptions(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  const limiter: RateLimiter = {
    name,
    policy,
    check: (identifier, options) =>
      trace(
        () => ({ policy: name, cost: options?.cost ?? 1 }),
        () => ask(charge(), identifier, options),
      ),
    peek: (identifier, options) => ask({ kind: 'look' }, identifier, options),
    async refund(identifier, result, options = {}) {
      checkResult(result, name);
      const key = keyOf(identifier);
      const { receipt } = result;
      const words = receipt === null ? '' : charged(result).words;
      return refunds.giveBack(result, options, async (units) => {
        if (receipt === null) return 0;
        return driver.send(scripts.refund([key], [words, units, receipt]), callOptions(options));
      });
    },
    async reset(identifier, call = {}) {
      checkCall(call);
      const forgotten = [keyOf(identifier)];
      if (limit.penalty !== null) forgotten.push(keys.penalty(identifier, name));
      if (limit.reserves) forgotten.push(keys.reservations(identifier, name));
      return driver.send(forget(forgotten), callOptions(call));
    },
    async block(identifier, duration, call = {}) {
      checkCall(call);
      checkIdentifier(identifier);
      const penalty = required(limit.penalty, 'penalty');
      const keepLonger = call.keepLonger === true ? 1 : 0;
      const args = [blockMs(duration) * 1000, penalty.decayMicros, keepLonger] as const;
      await driver.send(blockScript([keys.penalty(identifier, name)], args), callOptions(call));
    },
    async wait(identifier, options = {}) {
      checkCall(options);
      required(longestWaitMs, 'longestWait');
      return waitForTurn(limiter, driver.clock, identifier, options, longestWaitMs, (patienceMs, call) =>
        ask({ kind: 'book', patienceMs }, identifier, call),
      );
    },
    async reserve(identifier, options = {}) {
      checkCall(options);
      const forMs = required(reservationMs, 'reservations');
      const { words, limit } = under(options.policy);
      // What a unit is worth goes by the policy of this call, whoever gives it back, and when.
      const worth = words.split(' ', ruleWords).join(':');
      const act = { kind: 'reserve', token: `${token()}:${worth}`, forMs } as const;
      const result = await ask(act, identifier, options);
      return reservationOf(result, async (cost, call) => {
        const member = `${act.token}/${result.cost}/${result.receipt}`;
        const at = [keyOf(identifier), keys.reservations(identifier, name)] as const;
        const args = [words, member, cost, limit.policy.capacity] as const;
        return driver.send(scripts.settle(at, args), callOptions(call));
      });
    },
    async changePolicy(identifier, options) {
      checkObject('options', options);
      return changePolicy(options, under, (args) =>
        driver.send(scripts.change([keyOf(identifier)], args), callOptions(options)),
      );
    },
    async extend(identifier, result, call = {}) {
      onlyConcurrency('extend', policy);
      checkResult(result, name);
      checkCall(call);
      const { receipt, cost } = result;
      if (receipt === null) return false;
      const args = [receipt, cost, policyOfCharge(result, policy).windowMs * 1000] as const;
      return driver.send(extendScript([keyOf(identifier)], args), callOptions(call));
    },
    async hold(identifier, options, run) {
      onlyConcurrency('hold', policy);
      checkObject('options', options);
      if (typeof run !== 'function') throw new InvalidArgumentError('run', 'must be a function', run);
      return hold(limiter, driver.clock, identifier, options, run);
    },
  };
  return limiter;
}

function required<T>(value: T | null, option: string): T {
  if (value === null || value === 0)
    throw new InvalidArgumentError(option, 'must be given to the limiter for this call', undefined);
  return value;
}

function onlyConcurrency(call: string, { algorithm }: ResolvedPolicy): void {
  if (algorithm !== 'concurrency')
    throw new InvalidArgumentError('algorithm', `must be concurrency for ${call}`, algorithm);
}
