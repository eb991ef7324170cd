import type { Driver } from '@penknife/core';
import { type Algorithm, createRateLimiter, type Policy } from '@penknife/ratelimit';

/** The same button under every algorithm that counts over time. */
const policies = {
  gcra: '15/min burst 5',
  'token-bucket': 'token-bucket 5/20s',
  'sliding-window-log': 'sliding-window-log 5/20s',
  'sliding-window-counter': 'sliding-window-counter 5/20s',
  'fixed-window': 'fixed-window 5/20s',
} as const satisfies Partial<Record<Algorithm, Policy>>;

/** Presses the button under each of them, and tells which would have let it pass. */
export function createComparison(driver: Driver): (visitor: string) => Promise<Record<string, boolean>> {
  const limiters = Object.entries(policies).map(
    ([algorithm, policy]) =>
      [algorithm, createRateLimiter(driver, { name: `arena-${algorithm}`, policy })] as const,
  );
  return async (visitor) =>
    Object.fromEntries(
      await Promise.all(
        limiters.map(
          async ([algorithm, limiter]) => [algorithm, (await limiter.check(visitor)).allowed] as const,
        ),
      ),
    );
}
