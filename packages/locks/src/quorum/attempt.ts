import { type Clock, DeadlineError, isUnavailable, type PenknifeError } from '@penknife/core';
import type { AcquireReply } from '../lease/acquire-reply.js';
import { keyErrorOr } from '../lease/key-error.js';
import { processIdLength } from '../lease/tokens.js';
import { type Moment, momentOf, validityLeftMs } from '../lease/validity.js';
import { raiseMutex } from '../mutex/commands.js';
import type { MutexTarget } from '../mutex/mutex-target.js';
import type { AcquireFailure } from '../outcome.js';
import { decide, majorityOf, type Vote } from './decide.js';
import type { QuorumNode } from './quorum-node.js';

/** What a node said to an acquire: it gave the lock, or there is nothing of it there. */
export type Answer = 'yes' | 'no';

/** One try to get hold of a majority. */
export interface Attempt {
  readonly target: MutexTarget;
  readonly token: string;
  readonly ttlMs: number;
  readonly owner: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** How long one node may take. */
  readonly nodeTimeoutMs: number;
  /** When the wait is over, in monotonic ms: a node has no more time than is left. */
  readonly untilMs: number;
  /** What each node said that was heard of; filled here. */
  readonly answers: Map<number, Answer>;
}

/** A majority was won, with the fence that it agreed on. */
export interface Won {
  readonly ok: true;
  readonly fence: bigint;
  readonly startedAt: Moment;
  /** The nodes that are not known to have this fence, or a greater one; what is still heard of takes them out. */
  readonly owing: Set<number>;
}

type Acquired = Extract<AcquireReply, { state: 'held' | 'waiting' }>;

/**
 * Asks all nodes at once. With a majority, the greatest of its fences is written to a majority again, so that whoever comes
 * next meets it and gets a greater one: fences rise whatever the clocks of the nodes say. Then the time that all this took is
 * compared with the lease. The caller gives back what a failure leaves.
 */
export async function attempt(
  nodes: readonly QuorumNode[],
  clock: Clock,
  one: Attempt,
): Promise<Won | AcquireFailure> {
  const startedAt = momentOf(clock);
  const asked = nodes.map((node, i) => askNode(node, i, one, nodeDeadlineMs(one, clock)));
  const first = await decide(asked);
  const { signal, target } = one;
  if (signal?.aborted) return { ok: false, reason: 'aborted', error: signal.reason };
  if (!first.reached) {
    const broken = first.votes.filter(({ error }) => error !== undefined && !isUnavailable(error));
    // Foreign data or missing rights, on so many that there can be no majority, is no weather.
    if (nodes.length - broken.length < majorityOf(nodes.length)) throw keyErrorOr(broken[0]?.error, target);
    return failureOf(first.votes, nodes.length);
  }
  const granted = first.votes.filter(({ vote }) => vote === 'yes');
  const fence = granted
    .map(({ value }) => (value?.state === 'held' ? value.fence : 0n))
    .reduce((highest, each) => {
      if (each > highest) return each;
      return highest;
    }, 0n);
  const raised = nodes.map((node, i) => {
    const known = granted.find((vote) => vote.node === i);
    if (known?.value?.state === 'held' && known.value.fence === fence)
      return Promise.resolve<Vote<boolean>>({ node: i, vote: 'yes' });
    return known === undefined
      ? Promise.resolve<Vote<boolean>>({ node: i, vote: 'no' })
      : raiseAt(node, i, one, fence, nodeDeadlineMs(one, clock));
  });
  const second = await decide(raised);
  if (!second.reached || validityLeftMs(startedAt, one.ttlMs, momentOf(clock)) <= 0)
    return { ok: false, reason: 'unavailable', error: errorOf(second.votes) ?? new DeadlineError(one.ttlMs) };
  const owing = new Set(nodes.keys());
  // Those that grant only now may have a lower one.
  for (const ballot of asked)
    void ballot.then(({ node, value }) => {
      if (value?.state === 'held' && value.fence >= fence) owing.delete(node);
    });
  for (const ballot of raised)
    void ballot.then(({ node, vote }) => {
      if (vote === 'yes') owing.delete(node);
    });
  return { ok: true, fence, startedAt, owing };
}

function nodeDeadlineMs({ nodeTimeoutMs, untilMs }: Attempt, clock: Clock): number {
  return Math.max(1, Math.min(nodeTimeoutMs, untilMs - clock.monotonic()));
}

async function askNode(
  { driver }: QuorumNode,
  node: number,
  { target, token, ttlMs, owner, signal, answers }: Attempt,
  deadlineMs: number,
): Promise<Vote<Acquired>> {
  try {
    const call = { deadlineMs, ...(signal && { signal }) };
    const reply = await driver.send(target.acquire(token, ttlMs, '-', owner), call);
    const vote = reply.state === 'held' ? 'yes' : 'no';
    answers.set(node, vote);
    return reply.state === 'released' ? { node, vote } : { node, vote, value: reply };
  } catch (error) {
    return { node, vote: 'silent', error };
  }
}

async function raiseAt(
  { driver }: QuorumNode,
  node: number,
  { target, token }: Attempt,
  fence: bigint,
  deadlineMs: number,
): Promise<Vote<boolean>> {
  try {
    const raised = await driver.send(raiseMutex(target.key, token, fence), { deadlineMs });
    return { node, vote: raised ? 'yes' : 'no' };
  } catch (error) {
    return { node, vote: 'silent', error };
  }
}

/** A busy lock is `held`; too few nodes that answer at all is `unavailable`. */
function failureOf(votes: readonly Vote<Acquired>[], nodes: number): AcquireFailure {
  const silent = votes.filter(({ vote }) => vote === 'silent').length;
  const error = errorOf(votes);
  if (error !== undefined && nodes - silent < majorityOf(nodes))
    return { ok: false, reason: 'unavailable', error };
  const seen = votes.map(({ value }) => value).find((value) => value?.state === 'waiting');
  if (seen?.state !== 'waiting') {
    if (error !== undefined) return { ok: false, reason: 'unavailable', error };
    return { ok: false, reason: 'held' };
  }
  const holder = seen.owner === '' ? seen.token.slice(0, processIdLength) : seen.owner;
  return { ok: false, reason: 'held', holder, holderTtlMs: seen.leftMs };
}

function errorOf(votes: readonly Vote<unknown>[]): PenknifeError | undefined {
  return votes.map(({ error }) => error).find(isUnavailable);
}
