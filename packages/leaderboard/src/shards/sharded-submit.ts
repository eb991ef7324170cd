import { type CallOptions, InvalidArgumentError } from '@penknife/core';
import type { Aim } from '../look.js';
import type { Column, SubmittedScore } from '../order/column.js';
import { createSubmitOne, resultOf, type SubmitResult } from '../submit/create-submit.js';
import { type BoardOutcome, placesIn } from '../submit/outcomes.js';
import type { SubmitTarget } from '../submit/submit-args.js';
import { type Boards, checkRequest, type SubmitOptions } from '../submit/submit-request.js';
import type { TiePolicy } from '../ties.js';
import type { ShardMap } from './shard-map.js';
import { type Counted, countBeside } from './standings.js';

/**
 * Submits to the shard of the member: one atomic command on all its boards. Then all other shards are asked at once who is ahead,
 * before and after, each at its own instant.
 */
export function createShardedSubmit<O extends readonly Column[], B extends Boards, M>(
  shards: ShardMap<M>,
): (member: string, score: SubmittedScore<O>, options?: SubmitOptions<B, M>) => Promise<SubmitResult<O, B>> {
  const submits = shards.homes.map((home) => createSubmitOne<O, M>(home));
  return async (member, score, options = {}) => {
    if (options.passed !== undefined) {
      throw new InvalidArgumentError(
        'passed',
        'must not be given where members are spread over shards',
        options.passed,
      );
    }
    const request = checkRequest(shards.homeOf(member).options, member, score, options);
    const submitOne = submits[shards.indexOf(member)] as (typeof submits)[number];
    const submitted = await submitOne(request, options);
    const { signal, deadlineMs } = options;
    const call = { ...(signal && { signal }), ...(deadlineMs !== undefined && { deadlineMs }) };
    const outcomes = await Promise.all(
      submitted.near.map((target, i) => {
        const places = placesIn(submitted.text, i, target);
        const outcome = submitted.outcomes[i] as BoardOutcome<O>;
        return inTheWhole(shards, target, member, places, outcome, request.ties, call);
      }),
    );
    return resultOf<O, B>(request, { ...submitted, outcomes });
  };
}

/** An outcome with the ranks in the whole. */
async function inTheWhole<O extends readonly Column[], M>(
  shards: ShardMap<M>,
  { board, part }: SubmitTarget,
  member: string,
  places: ReturnType<typeof placesIn>,
  outcome: BoardOutcome<O>,
  ties: TiePolicy,
  call: CallOptions,
): Promise<BoardOutcome<O>> {
  const { previous, current, period } = outcome;
  const counted = places.flatMap((place): Counted[] => (place === undefined ? [] : [{ member, place }]));
  if (counted.length === 0) return outcome;
  const aim: Aim = () => ({ round: { board, part, period: period ?? undefined }, during: undefined });
  const { sums, total } = await countBeside({ shards, board }, aim, counted, { ...call, ties });
  const before = previous && { ...previous, rank: previous.rank + (sums[0]?.rank ?? 0) };
  const after = current && { ...current, rank: current.rank + (sums.at(-1)?.rank ?? 0) };
  return {
    ...outcome,
    previous: before,
    current: after,
    delta: before && after && before.rank - after.rank,
    total: outcome.total + total,
  };
}
