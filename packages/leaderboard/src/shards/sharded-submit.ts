import {
  AbortedError,
  type CallOptions,
  ConnectionError,
  InvalidArgumentError,
  isServerError,
  ServerError,
  sentOf,
} from '@penknife/core';
import type { Aim } from '../look.js';
import type { Column, SubmittedScore } from '../order/column.js';
import { createSubmitOne, resultOf, type SubmitResult } from '../submit/create-submit.js';
import { type BoardOutcome, placesIn } from '../submit/outcomes.js';
import type { SubmitTarget } from '../submit/submit-args.js';
import { type Boards, checkRequest, type SubmitOptions } from '../submit/submit-request.js';
import type { TiePolicy } from '../ties.js';
import type { ShardMap } from './shard-map.js';
import { type Counted, countBeside, totalBeside } from './standings.js';

/**
 * Submits to the shard of the member: one atomic command on all its boards. Then all other shards are asked at once who is ahead,
 * before and after, each at its own instant. The score is counted by then: whatever ends the asking says `sent: 'maybe'`.
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
    const asked = submitted.near.map((target, i) => {
      const places = placesIn(submitted.text, i, target);
      const outcome = submitted.outcomes[i] as BoardOutcome<O>;
      return inTheWhole(shards, target, member, places, outcome, request.ties, call);
    });
    const outcomes = await Promise.all(asked).catch((error: unknown) => {
      throw counted(error, signal);
    });
    return resultOf<O, B>(request, { ...submitted, outcomes });
  };
}

/** That the ranks could not be asked for says nothing of the score: whoever took it for one that did not run would count it twice. */
function counted(error: unknown, signal: AbortSignal | undefined): unknown {
  if (sentOf(error) === 'maybe') return error;
  if (signal?.aborted) return new AbortedError(signal.reason, 'maybe');
  const { message } = error as Error;
  const told = { sent: 'maybe', cause: error } as const;
  if (isServerError(error)) return new ServerError(message, { command: error.command, ...told });
  return new ConnectionError(`the score was counted, but not ranked among all shards: ${message}`, told);
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
  const { previous, current, period, status } = outcome;
  if (status === 'closed') return outcome;
  const standing = places.flatMap((place): Counted[] => (place === undefined ? [] : [{ member, place }]));
  const aim: Aim = () => ({ round: { board, part, period: period ?? undefined }, during: undefined });
  const home = { shards, board };
  if (standing.length === 0) {
    return { ...outcome, total: outcome.total + (await totalBeside(home, aim, member, call)) };
  }
  const { sums, total } = await countBeside(home, aim, standing, { ...call, ties });
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
