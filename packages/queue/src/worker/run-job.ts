import { backoffMs, callWithin, type Driver, isPenknifeError } from '@penknife/core';
import { encodeAnswer } from '../answer.js';
import { progressScript } from '../commands.js';
import type { Job, JobHandler } from '../job.js';
import type { ResolvedQueue, WorkerEvent } from '../options.js';
import { decodePayload, isPoison } from '../payload.js';
import type { HeldJob, Settlement } from './held-job.js';

/** How much of an error is kept. */
const longestProblem = 500;

/** What running a job needs. */
export interface RunParts<T, R> {
  readonly driver: Driver;
  readonly queue: ResolvedQueue<T>;
  readonly handler: JobHandler<T, R>;
  readonly emit: (event: WorkerEvent) => void;
}

/** Hands a job to its handler; resolves to how it is to be settled. Never rejects. */
export async function runJob<T, R>(held: HeldJob, parts: RunParts<T, R>): Promise<Settlement> {
  const { driver, queue, handler, emit } = parts;
  const { id, failures } = held.taken;
  try {
    const { stored } = held.taken;
    const decoded = decodePayload(queue, stored.payload);
    const result = await handler(jobFor(held, decoded instanceof Promise ? await decoded : decoded, parts));
    return { act: 'c', job: held, delayMs: 0, said: queue.keepMs === 0 ? '' : resultText(result, emit) };
  } catch (error) {
    const said = describe(error);
    const hopeless = isPoison(error) || (isPenknifeError(error) && error.code === 'UNRECOVERABLE_JOB');
    if (hopeless || failures + 1 >= queue.failures) {
      if (!held.ended) emit({ kind: 'dead', id, error });
      return { act: 'd', job: held, delayMs: 0, said };
    }
    const retryInMs = Math.round(backoffMs(queue.backoff, failures + 1, driver.random));
    if (!held.ended) emit({ kind: 'failed', id, failures: failures + 1, retryInMs, error });
    return { act: 'r', job: held, delayMs: retryInMs, said };
  }
}

function jobFor<T, R>(held: HeldJob, data: T, { driver, queue }: RunParts<T, R>): Job<T> {
  const { id, delivery, failures, stored } = held.taken;
  return {
    id,
    data,
    attempt: failures + 1,
    delivery,
    priority: stored.priority,
    group: stored.group,
    addedAtMs: stored.addedAtMs,
    get signal() {
      return held.signal;
    },
    async progress(value) {
      const said = encodeAnswer('progress', value);
      const command = progressScript(queue.keys, [...queue.head, id, delivery, said]);
      return (await driver.send(command, callWithin({ signal: held.signal }, queue.deadlineMs))) === 1;
    },
  };
}

/** The job was done, whatever becomes of its result: doing it again would not mend it. */
function resultText(result: unknown, emit: (event: WorkerEvent) => void): string {
  try {
    return encodeAnswer('result', result);
  } catch (error) {
    emit({ kind: 'error', error });
    return '';
  }
}

/** A handler may throw anything, also what cannot be turned into text. */
function describe(error: unknown): string {
  let text = 'something that cannot be read';
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // Then that is what is known of it.
  }
  return text.slice(0, longestProblem).replace(/[\ud800-\udbff]$/, '');
}
