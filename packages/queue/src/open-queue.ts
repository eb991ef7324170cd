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
} from '@penknife/core';
import { addJobs } from './adding.js';
import { decodeAnswer } from './answer.js';
import { controlScript, lookScript, numberOf, storedAnswer, storedJob, textOf } from './commands.js';
import { queueErrorOr } from './errors.js';
import { waitForEnd } from './finished.js';
import type { JobHandler, JobInfo, JobState } from './job.js';
import { type ResolvedQueue, type ResolvedWorker, resolveWorker, wholeNumber } from './options.js';
import { decodePayload } from './payload.js';
import type { Queue, QueueDriver } from './queue.js';
import { randomIds } from './random-ids.js';
import { Waiters } from './waiters.js';
import { Places } from './worker/places.js';
import { startWorker, type Worker } from './worker/worker.js';

/** Jobs or ids of one call. */
export const mostAtOnce = 1000;
/** Less: what is taken out is looked for in every place. */
const drainedAtOnce = 200;
const states: readonly JobState[] = ['waiting', 'delayed', 'working', 'dead', 'done'];

/** A queue, and how its workers are started where several share their places. */
export interface OpenQueue<T, R> {
  readonly queue: Queue<T, R>;
  start(handler: JobHandler<T, R>, options: ResolvedWorker, places: Places): Worker;
}

/** Makes the handle of a queue whose options are resolved. */
export function openQueue<T, R>(driver: QueueDriver, resolved: ResolvedQueue<T>): OpenQueue<T, R> {
  const { name, keys, head } = resolved;
  const waiters = new Waiters(driver, resolved.events);
  const adding = { queue: resolved, ask, randomId: randomIds(driver.random) };

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

  /** An act on jobs named by their ids. */
  function onJobs(act: 'remove' | 'cancel' | 'replay' | 'discard') {
    return async (ids: string | readonly string[], call?: CallOptions): Promise<number> => {
      const some = checkIds(ids);
      return some.length === 0 ? 0 : control(act, some, call);
    };
  }

  const queue: Queue<T, R> = {
    name,
    async add(data, options = {}) {
      checkCall(options);
      const { id, priority, group, ...call } = options;
      const job = {
        data,
        ...(id !== undefined && { id }),
        ...(priority !== undefined && { priority }),
        ...(group !== undefined && { group }),
      };
      const [added] = await addJobs(adding, [job], call);
      if (added === undefined) throw new InvalidArgumentError('data', 'must be a job', data);
      return added;
    },
    addMany: async (jobs, call = {}) =>
      checkMany('jobs', jobs).length === 0 ? [] : addJobs(adding, jobs, call),
    work(handler, given = {}) {
      const options = resolveWorker(given);
      return start(handler, options, new Places(options.concurrency));
    },
    async finished(id, call = {}) {
      checkCall(call);
      if (resolved.keepMs === 0)
        throw new InvalidArgumentError(
          'results',
          'must be kept by a queue whose jobs are waited for',
          undefined,
        );
      const { timeoutMs, ...others } = call;
      return waitForEnd({ driver, waiters, look }, checkText('id', id), {
        ...others,
        ...(timeoutMs !== undefined && { timeoutMs: durationMs(timeoutMs, 'timeoutMs') }),
      });
    },
    job: look,
    async list(state, options) {
      checkState(state);
      checkObject('options', options);
      const { limit, skip = 0, ...call } = options;
      const range = [wholeNumber('skip', skip, 0, 1e9), wholeNumber('limit', limit, 1, mostAtOnce)];
      const ids = await ask(lookScript(keys, [...head, 'list', state, ...range]), call);
      const found = await Promise.all((ids ?? []).map((id) => look(textOf(id), call)));
      // One that went on meanwhile is in another state.
      return found.filter((job): job is JobInfo<T, R> => job?.state === state);
    },
    async counts(call) {
      const found = (await ask(lookScript(keys, [...head, 'counts']), call)) ?? [];
      const [waiting = 0, delayed = 0, working = 0, dead = 0, done = 0, paused = 0] = found.map(numberOf);
      return { waiting, delayed, working, dead, done, paused: paused === 1 };
    },
    async pause(call) {
      await control('pause', [], call);
    },
    async resume(call) {
      await control('resume', [], call);
    },
    remove: onJobs('remove'),
    cancel: onJobs('cancel'),
    async drain(call) {
      for (let drained = 0; ; ) {
        const some = await control('drain', [drainedAtOnce], call);
        drained += some;
        if (some === 0) return drained;
      }
    },
    replay: onJobs('replay'),
    discard: onJobs('discard'),
  };

  function start(handler: JobHandler<T, R>, options: ResolvedWorker, places: Places): Worker {
    if (typeof handler !== 'function')
      throw new InvalidArgumentError('handler', 'must be a function', handler);
    return startWorker({ driver, queue: resolved, handler, options, places });
  }
  return { queue, start };
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
