import { backoffMs, isPenknifeError, type RandomSource } from '@penknife/core';
import type { Job, JobHandler } from '../job.js';
import type { ResolvedQueue, WorkerEvent } from '../options.js';
import { decodePayload, isPoison } from '../payload.js';
import type { HeldJob, Settlement } from './held-job.js';

/** How much of an error is kept. */
const longestProblem = 500;

/** Hands a job to its handler; resolves to how it is to be settled. Never rejects. */
export async function runJob<T>(
  held: HeldJob,
  queue: ResolvedQueue<T>,
  handler: JobHandler<T>,
  random: RandomSource,
  emit: (event: WorkerEvent) => void,
): Promise<Settlement> {
  const { id, delivery, failures, stored } = held.taken;
  try {
    const job: Job<T> = {
      id,
      data: await decodePayload(queue, stored.payload),
      attempt: failures + 1,
      delivery,
      priority: stored.priority,
      addedAtMs: stored.addedAtMs,
      signal: held.signal,
    };
    await handler(job);
    return { act: 'c', job: held, delayMs: 0, problem: '' };
  } catch (error) {
    const problem = describe(error);
    const hopeless = isPoison(error) || (isPenknifeError(error) && error.code === 'UNRECOVERABLE_JOB');
    if (hopeless || failures + 1 >= queue.failures) {
      if (!held.signal.aborted) emit({ kind: 'dead', id, error });
      return { act: 'd', job: held, delayMs: 0, problem };
    }
    const retryInMs = Math.round(backoffMs(queue.backoff, failures + 1, random));
    if (!held.signal.aborted) emit({ kind: 'failed', id, failures: failures + 1, retryInMs, error });
    return { act: 'r', job: held, delayMs: retryInMs, problem };
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, longestProblem).replace(/[\ud800-\udbff]$/, '');
}
