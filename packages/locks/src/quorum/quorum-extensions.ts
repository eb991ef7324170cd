import { backoffMs, type Clock, type RandomSource, sentOf } from '@penknife/core';
import type { HeldLock } from '../lease/held-lock.js';
import type { ExtendOutcome } from '../lease/lock.js';
import { traceExtend } from '../lease/traces.js';
import type { UnderWay } from '../lease/under-way.js';
import { momentOf } from '../lease/validity.js';
import { worthExtending } from '../lease/worth-extending.js';
import { extendMutexes, raiseMutex } from '../mutex/commands.js';
import { decide, type Vote } from './decide.js';
import type { QuorumNode } from './quorum-node.js';

/** The most leases in one script. */
const mostInOneScript = 100;

/** What the extension of leases on a majority needs. */
export interface QuorumExtensionsParts {
  readonly nodes: readonly QuorumNode[];
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly owner: string | undefined;
  /** What a shutdown waits for. */
  readonly underWay: UnderWay;
  nodeTimeoutMs(ttlMs: number): number;
  /** On which nodes a lock may be missing, or have a fence below its own. */
  readonly owing: WeakMap<HeldLock, Set<number>>;
  /** The next event of a lock may have come nearer. */
  changed(lock: HeldLock): void;
}

/**
 * Extends leases on all nodes, one script a node for many of them. A lease is extended when a majority says so; it is lost
 * when a majority can no longer say so. While a majority holds, nodes that miss it are asked to take it in again, so that one
 * more node may fail; that is the only way by which an extension ever takes anything.
 */
export async function extendOnQuorum(
  locks: readonly HeldLock[],
  parts: QuorumExtensionsParts,
): Promise<ExtendOutcome[]> {
  const chunks: (readonly HeldLock[])[] = [];
  for (let at = 0; at < locks.length; at += mostInOneScript)
    chunks.push(locks.slice(at, at + mostInOneScript));
  return (
    await Promise.all(
      chunks.map((chunk) =>
        traceExtend(
          () => ({ locks: chunk.length }),
          () => extendChunk(chunk, parts),
        ),
      ),
    )
  ).flat();
}

async function extendChunk(
  given: readonly HeldLock[],
  parts: QuorumExtensionsParts,
): Promise<ExtendOutcome[]> {
  const { nodes, clock, random, underWay, changed } = parts;
  const startedAt = momentOf(clock);
  const asked = worthExtending(given, startedAt);
  if (asked.length === 0) return [];
  const locks = asked.map(([lock]) => lock);
  const leases = asked.map(([, lease]) => lease);
  const shortestMs = Math.min(...locks.map((lock) => lock.ttlMs));
  const deadlineMs = parts.nodeTimeoutMs(shortestMs);
  for (const lock of locks) lock.extending = true;
  const answers = nodes.map(async ({ driver }): Promise<readonly number[] | undefined> => {
    try {
      return await driver.send(extendMutexes(leases), { deadlineMs });
    } catch {
      // Silence of a node is a vote like any other; the deadline of the lock tells the holder if there is too much of it.
      return undefined;
    }
  });
  underWay.begin();
  void Promise.all(answers).then(() => underWay.end());
  const outcomes = locks.map(async (lock, i): Promise<ExtendOutcome> => {
    const decision = await decide(
      answers.map((answer, node) => answer.then((said) => voteOf(said?.[i], node))),
    );
    lock.extending = false;
    if (decision.reached) {
      lock.confirm(startedAt, leases[i]?.ttlMs ?? 0);
      void decision.all.then((votes) => heal(lock, votes, parts));
    } else if (decision.votes.filter(({ vote }) => vote === 'no').length > nodes.length / 2) {
      lock.lose('refused');
    } else if (lock.autoExtend) {
      const retry = { baseMs: shortestMs / 24, maxMs: shortestMs / 6, jitter: 'equal' } as const;
      lock.extendAtMs = clock.monotonic() + backoffMs(retry, 1, random);
    }
    changed(lock);
    if (!lock.held) return 'lost';
    return decision.reached ? 'extended' : 'unknown';
  });
  return Promise.all(outcomes);
}

function voteOf(answer: number | undefined, node: number): Vote<never> {
  if (answer === undefined) return { node, vote: 'silent' };
  return { node, vote: answer === 1 ? 'yes' : 'no' };
}

/** Puts the lock on nodes that miss it, with the fence that it has. What comes of it counts with the next extension. */
async function heal(
  lock: HeldLock,
  votes: readonly Vote<never>[],
  { nodes, clock, owner, underWay, nodeTimeoutMs, owing: owingOf }: QuorumExtensionsParts,
): Promise<void> {
  const { target, token, fence } = lock;
  // Beyond the cap on the hold time nobody is kept from it.
  const ttlMs = lock.leaseAt(momentOf(clock));
  if (ttlMs === undefined) return;
  const owing = owingOf.get(lock) ?? new Set();
  const missing = votes.filter(({ node, vote }) => vote !== 'yes' || owing.has(node));
  if (missing.length === 0) return;
  owingOf.set(lock, owing);
  const deadlineMs = nodeTimeoutMs(lock.ttlMs);
  // What they were asked before may still come.
  lock.late = true;
  underWay.begin();
  try {
    await Promise.all(
      missing.map(async ({ node }) => {
        const { driver, giveBacks } = nodes[node] as QuorumNode;
        try {
          if (!lock.held) return;
          owing.add(node);
          const reply = await driver.send(target.acquire(token, ttlMs, '-', owner), { deadlineMs });
          if (reply.state === 'held') {
            const raise = raiseMutex(target.key, token, fence);
            if (reply.fence >= fence || (await driver.send(raise, { deadlineMs }))) owing.delete(node);
          }
          if (!lock.held) giveBacks.add(target, token, ttlMs, true);
        } catch (error) {
          if (sentOf(error) === 'maybe' && !lock.held) giveBacks.add(target, token, ttlMs, true);
        }
      }),
    );
  } finally {
    underWay.end();
  }
}
