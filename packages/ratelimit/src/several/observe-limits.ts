import { checkSeveral } from '../layers/check-limiter.js';
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
  checkSeveral(limits);
  const { shadow, tell } = observing(options);

  function passing(answer: RateLimitsResult<Limit>): RateLimitsResult<Limit> {
    if (!shadow || answer.allowed) return answer;
    const entries = Object.entries<RateLimitsResult<Limit>['results'][Limit]>(answer.results);
    const results = Object.fromEntries(entries.map(([key, result]) => [key, shadowed(result)]));
    return { allowed: true, binding: null, retryAfterMs: 0, results } as RateLimitsResult<Limit>;
  }

  return {
    name: limits.name,
    algorithms: limits.algorithms,
    policies: limits.policies,
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
    refund: (identifiers, answer, call) => limits.refund(identifiers, answer, call),
    release: (identifiers, answer, call) => limits.release(identifiers, answer, call),
    extend: (identifiers, answer, call) => limits.extend(identifiers, answer, call),
    reset: (identifiers, call) => limits.reset(identifiers, call),
  };
}
