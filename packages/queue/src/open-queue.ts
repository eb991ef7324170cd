import {
  type Arg,
  type CallOptions,
  type Command,
  callWithin,
  checkCall,
  checkObject,
  checkText,
  durationMs,
  InvalidArgumentError,
  oneDeadline,
} from '@penknife/core';
import { oneJob, prepareJobs, theOne } from './adding.js';
import { decodeAnswer } from './answer.js';
import { controlScript, lookScript, numberOf, storedAnswer, storedJob, textOf } from './commands.js';
import { queueErrorOr } from './errors.js';
import { waitForEnd } from './finished.js';
import type { JobHandler, JobInfo, JobState, QueueCounts } from './job.js';
import { type ResolvedQueue, type ResolvedWorker, resolveWorker, wholeNumber } from './options.js';
import { decodePayload } from './payload.js';
import type { Added, AddManyOptions, FinishedOptions, NewJob, Queue, QueueDriver } from './queue.js';
import { randomIds } from './random-ids.js';
import { Waiters } from './waiters.js';
import { Places } from './worker/places.js';
import { startWorker, type Worker } from './worker/worker.js';

/** Jobs or ids of one call. */
export const mostAtOnce = 1000;
const drainedAtOnce = 200;
/** Fewer: each is looked for in all that waits, and nobody else is served meanwhile. */
const takenOutAtOnce = 20;
const states: readonly JobState[] = ['waiting', 'delayed', 'working', 'dead', 'done'];

/** A queue, and how its workers are started where several share their places. */
export interface OpenQueue<T, R> {
  readonly queue: Queue<T, R>;
  /** Checks and encodes jobs without sending anything; what it resolves to sends them. */
  prepare(
    jobs: readonly NewJob<T>[],
    options: AddManyOptions,
  ): Promise<(left?: CallOptions) => Promise<readonly Added[]>>;
  start(handler: JobHandler<T, R>, options: ResolvedWorker, places: Places): Worker;
}

/** Makes the handle of a queue whose options are resolved. */
export function openQueue<T, R>(driver: QueueDriver, resolved: ResolvedQueue<T>): OpenQueue<T, R> {
  const { name, keys, head } = resolved;
  const waiters = new Waiters(driver, resolved.events);
  const adding = { queue: resolved, ask, randomId: randomIds(driver.random) };

  function prepare(
    jobs: readonly NewJob<T>[],
    options: AddManyOptions,
  ): Promise<(left?: CallOptions) => Promise<readonly Added[]>> {
    return prepareJobs(adding, jobs, options);
  }

  async function ask<V>(command: Command<V>, call?: CallOptions): Promise<V> {
    try {
      return await driver.send(command, callWithin(call, resolved.deadlineMs));
    } catch (error) {
      throw queueErrorOr(error);
    }
  }

  async function look(id: string, call?: CallOptions): Promise<JobInfo<T, R> | undefined> {
    const found = await ask(lookScript(keys, [...head, 'job', checkText('id', id)]), call);
    if (found === null) return undefined;
    const [where, delivery, failures, problem, record, said, at] = found;
    const state = textOf(where) as JobState;
    const answer = storedAnswer(said);
    const read = answer === undefined ? undefined : decodeAnswer(answer.payload);
    const stored = state === 'done' ? undefined : storedJob(record);
    return {
      id,
      state,
      data: stored && (await readable(stored.payload)),
      delivery: numberOf(delivery),
      failures: numberOf(failures),
      lastError: textOf(problem),
      progress: answer?.kind === 'progress' ? read : undefined,
      result: answer?.kind === 'result' ? (read as R | undefined) : undefined,
      priority: stored?.priority ?? 0,
      group: stored?.group,
      addedAtMs: stored?.addedAtMs ?? 0,
      dueAtMs: state === 'delayed' || state === 'working' ? numberOf(at) : undefined,
      endedAtMs: state === 'dead' || state === 'done' ? numberOf(at) : undefined,
    };
  }

  async function counts(call?: CallOptions): Promise<QueueCounts> {
    const found = (await ask(lookScript(keys, [...head, 'counts']), call)) ?? [];
    const [waiting = 0, delayed = 0, working = 0, dead = 0, done = 0, paused = 0] = found.map(numberOf);
    return { waiting, delayed, working, dead, done, paused: paused === 1 };
  }

  /** What cannot be read is shown all the same, without its data. */
  async function readable(payload: Uint8Array): Promise<T | undefined> {
    try {
      return await decodePayload(resolved, payload);
    } catch {
      return undefined;
    }
  }

  function control(act: string, some: readonly Arg[], call?: CallOptions): Promise<number> {
    return ask(controlScript(keys, [...head, act, ...some]), call);
  }

  /** An act on jobs named by their ids, so many with one command. */
  function onJobs(act: 'remove' | 'cancel' | 'replay' | 'discard', atOnce: number) {
    return async (ids: string | readonly string[], call?: CallOptions): Promise<number> => {
      const some = checkIds(ids);
      const next = oneDeadline(driver.clock, call);
      let concerned = 0;
      for (let from = 0; from < some.length; from += atOnce)
        concerned += await control(act, some.slice(from, from + atOnce), next());
      return concerned;
    };
  }

  const queue: Queue<T, R> = {
    name,
    async add(data, options = {}) {
      const { job, call } = oneJob(data, options);
      return theOne(await (await prepare([job], call))());
    },
    addMany: async (jobs, call = {}) =>
      checkMany('jobs', jobs).length === 0 ? [] : (await prepare(jobs, call))(),
    work(handler, given = {}) {
      const options = resolveWorker(given);
      return start(handler, options, new Places(options.concurrency));
    },
    async finished(id, call = {}) {
      const options = resolveFinished(resolved.keepMs > 0, call);
      return waitForEnd({ driver, waiters, look }, checkText('id', id), options);
    },
    job: look,
    async list(state, options) {
      checkState(state);
      checkObject('options', options);
      const { limit, skip = 0, ...call } = options;
      const range = [wholeNumber('skip', skip, 0, 1e9), wholeNumber('limit', limit, 1, mostAtOnce)];
      const left = oneDeadline(driver.clock, call);
      const ids = await ask(lookScript(keys, [...head, 'list', state, ...range]), left());
      const rest = left();
      const found = await Promise.all((ids ?? []).map((id) => look(textOf(id), rest)));
      // One that went on meanwhile is in another state.
      return found.filter((job): job is JobInfo<T, R> => job?.state === state);
    },
    counts,
    async pause(call) {
      await control('pause', [], call);
    },
    async resume(call) {
      await control('resume', [], call);
    },
    remove: onJobs('remove', takenOutAtOnce),
    cancel: onJobs('cancel', takenOutAtOnce),
    async drain(call) {
      const next = oneDeadline(driver.clock, call);
      const { waiting, delayed } = await counts(next());
      let drained = 0;
      while (drained < waiting + delayed) {
        const most = Math.min(drainedAtOnce, waiting + delayed - drained);
        const some = await control('drain', [most], next());
        drained += some;
        // For this instant there was nothing left.
        if (some < most) break;
      }
      return drained;
    },
    replay: onJobs('replay', mostAtOnce),
    discard: onJobs('discard', mostAtOnce),
  };

  function start(handler: JobHandler<T, R>, options: ResolvedWorker, places: Places): Worker {
    if (typeof handler !== 'function')
      throw new InvalidArgumentError('handler', 'must be a function', handler);
    return startWorker({ driver, queue: resolved, handler, options, places });
  }
  return { queue, prepare, start };
}

/** How an end is waited for, where results are kept. */
export function resolveFinished(kept: boolean, call: FinishedOptions = {}): FinishedOptions {
  checkCall(call);
  if (!kept)
    throw new InvalidArgumentError('results', 'must be kept by a queue whose jobs are waited for', undefined);
  const { timeoutMs, ...others } = call;
  return { ...others, ...(timeoutMs !== undefined && { timeoutMs: durationMs(timeoutMs, 'timeoutMs') }) };
}

/** The ids of an act on jobs: one or many. */
export function checkIds(ids: string | readonly string[]): readonly string[] {
  return (typeof ids === 'string' ? [ids] : checkMany('ids', ids)).map((id) => checkText('id', id));
}

/** A state that jobs can be listed by. */
export function checkState(state: JobState): void {
  if (!states.includes(state))
    throw new InvalidArgumentError('state', `must be one of ${states.join(', ')}`, state);
}

/** A list of what one call may name. */
export function checkMany<V>(argument: string, values: readonly V[]): readonly V[] {
  if (!Array.isArray(values) || values.length > mostAtOnce)
    throw new InvalidArgumentError(argument, `must be an array of at most ${mostAtOnce}`, values);
  return values;
}
