import { type CallOptions, checkCall, InvalidArgumentError, sentOf } from '@penknife/core';
import type { ResolvedPolicy } from './policy/policy.js';
import { policyOf } from './policy/policy-of.js';
import { checkCost, resolvePolicy } from './policy/resolve-policy.js';
import type { RateLimitResult } from './result.js';

/** Checks that a result is one of this limiter's: another's would give back what was never charged here. */
export function checkResult(result: RateLimitResult, name: string): void {
  checkAnswer(result);
  if (result.policy !== name)
    throw new InvalidArgumentError('result', `must be of the limiter ${name}`, result.policy);
}

/** Checks that there is an answer at all. */
export function checkAnswer(result: unknown): void {
  if (typeof result !== 'object' || result === null)
    throw new InvalidArgumentError('result', 'must be what check resolved to', result);
}

/** The policy under which a result was charged: units are worth what they were worth then. */
export function policyOfCharge(result: RateLimitResult, own: ResolvedPolicy): ResolvedPolicy {
  const { limit, windowMs, capacity } = result;
  const same = limit === own.limit && windowMs === own.windowMs && capacity === own.capacity;
  return same ? own : resolvePolicy(policyOf({ algorithm: own.algorithm, limit, windowMs, capacity }));
}

/** Gives charges back, each once in this process: an algorithm that keeps a sum cannot know what was in it. */
export class Refunds {
  readonly #given = new WeakMap<RateLimitResult, number>();

  /** Calls `send` with what is left to give back of the units asked for; 0 without a call when nothing is. */
  async giveBack(
    result: RateLimitResult,
    options: CallOptions & { readonly cost?: number },
    send: (units: number) => Promise<number>,
  ): Promise<number> {
    // Before the mark: a call that is refused gave nothing back.
    checkCall(options);
    const wanted = checkCost(options.cost ?? result.cost);
    const given = this.#given.get(result) ?? 0;
    const units = Math.min(wanted, checkCost(result.cost) - given);
    if (units <= 0) return 0;
    this.#given.set(result, given + units);
    try {
      return await send(units);
    } catch (error) {
      if (sentOf(error) === 'no') this.#given.set(result, (this.#given.get(result) ?? units) - units);
      throw error;
    }
  }
}
