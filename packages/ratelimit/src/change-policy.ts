import { type CallOptions, InvalidArgumentError } from '@penknife/core';
import type { LimitWords } from './commands.js';
import type { Policy } from './policy/policy.js';

/**
 * A change from one policy to another of the same algorithm: made once, by one process. A second one, also after a call that
 * may have been done, reads what the first wrote by the former policy, and forgives or adds.
 */
export interface ChangeOptions extends CallOptions {
  readonly from: Policy;
  readonly to: Policy;
  /**
   * What becomes of what was used. `keep`: 50 units used of 100 are 50 of 200; `scale`: half is used before and after;
   * `reset`: nothing is used.
   */
  readonly carry: 'keep' | 'scale' | 'reset';
}

/** Checks a change and sends it. */
export async function changePolicy(
  { from, to, carry }: ChangeOptions,
  under: (policy: Policy) => LimitWords,
  send: (args: readonly [string, string, number, number, string]) => Promise<readonly number[]>,
): Promise<{ before: number; after: number }> {
  if (carry !== 'keep' && carry !== 'scale' && carry !== 'reset')
    throw new InvalidArgumentError('carry', "must be 'keep', 'scale' or 'reset'", carry);
  const [former, latter] = [under(from), under(to)];
  const { algorithm, capacity } = former.limit.policy;
  if (algorithm === 'concurrency')
    throw new InvalidArgumentError('algorithm', 'must not be concurrency: leases just stay', algorithm);
  const [before = 0, after = 0] = await send([
    former.words,
    latter.words,
    capacity,
    latter.limit.policy.capacity,
    carry,
  ]);
  return { before, after };
}
