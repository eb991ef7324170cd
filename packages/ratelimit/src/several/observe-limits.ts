import { InvalidArgumentError } from '@penknife/core';
import { type ObserveOptions, observing, shadowed } from '../layers/observed.js';
import { identifierOf } from './options.js';
import type { RateLimits } from './rate-limits.js';
import type { RateLimitsResult } from './result.js';

/**
 * Tells of denials and of identifiers near a limit, for each limit by itself, as `observeLimiter` does for one; the result's
 * `policy` names the limit. In shadow mode every call passes, and each result that denied holds in `shadowed` what it said:
 * where one denied, none was charged.
 */
export function observeLimits<Limit extends string>(
  limits: RateLimits<Limit>,
  options: ObserveOptions,
): RateLimits<Limit> {
  if (typeof limits?.check !== 'function' || typeof limits.policies !== 'object')
    throw new InvalidArgumentError('limits', 'must be several limits', limits);
  const { shadow, tell } = observing(options);

  function passing(answer: RateLimitsResult<Limit>): RateLimitsResult<Limit> {
    if (!shadow || answer.allowed) return answer;
    const entries = Object.entries<RateLimitsResult<Limit>['results'][Limit]>(answer.results);
    const results = Object.fromEntries(entries.map(([key, result]) => [key, shadowed(result)]));
    return { allowed: true, binding: null, retryAfterMs: 0, results } as RateLimitsResult<Limit>;
  }

  return {
    ...limits,
    async check(identifiers, call) {
      const answer = await limits.check(identifiers, call);
      for (const key of Object.keys(limits.policies) as Limit[]) {
        const result = answer.results[key];
        // What had room and was not charged, since another denied, has nothing to tell.
        if (answer.allowed || !result.allowed) tell(identifierOf(identifiers, key), result);
      }
      return passing(answer);
    },
    peek: async (identifiers, call) => passing(await limits.peek(identifiers, call)),
  };
}
