import {
  type Arg,
  type CallOptions,
  type Command,
  callWithin,
  checkText,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import { decodeAnswer } from './answer.js';
import {
  addScript,
  controlScript,
  lookScript,
  numberOf,
  storedAnswer,
  storedJob,
  textOf,
} from './commands.js';
import { queueErrorOr } from './errors.js';
import { waitForEnd } from './finished.js';
import type { JobInfo, JobState } from './job.js';
import { type QueueOptions, resolveQueue, resolveWorker, wholeNumber } from './options.js';
import { decodePayload, encodePayload } from './payload.js';
import type { Added, AddManyOptions, NewJob, Queue, QueueDriver } from './queue.js';
import { Waiters } from './waiters.js';
import { startWorker } from './worker/worker.js';

const mostAtOnce = 1000;
/** Less: what is taken out is looked for in every place. */
const drainedAtOnce = 200;
const longestDelayMs = 10 * 365 * 86_400_000;
const states: readonly JobState[] = ['waiting', 'delayed', 'working', 'dead', 'done'];

/**
 * Makes a queue of jobs that carry `T` and resolve to `R`. It opens nothing and starts nothing; workers have an end of their own.
 *
 * ```ts
 * const emails = createQueue<{ to: string }>(driver, 'emails');
 * await emails.add({ to: 'ann@example.com' }, { delay: '5m' });
 * const worker = emails.work(async ({ data, signal }) => send(data.to, { signal }), { concurrency: 10 });
 * ```
 */
export function createQueue<T, R = unknown>(
  driver: QueueDriver,
  name: string,
  options: QueueOptions<T> = {},
): Queue<T, R> {
  const queue = resolveQueue(name, options);
  const { keys, head } = queue;
  const waiters = new Waiters(driver, queue.events);

  async function ask<V>(command: Command<V>, call?: CallOptions): Promise<V> {
    try {
      return await driver.send(command, callWithin(call, queue.deadlineMs));
    } catch (error) {
      throw queueErrorOr(error);
    }
  }

  async function addMany(
    jobs: readonly NewJob<T>[],
    { delay = 0, onDuplicate = 'keep', throttle = 0, ...call }: AddManyOptions,
  ): Promise<readonly Added[]> {
    if (onDuplicate !== 'keep' && onDuplicate !== 'replace')
      throw new InvalidArgumentError('onDuplicate', "must be 'keep' or 'replace'", onDuplicate);
    const delayMs = durationMs(delay, 'delay', { maxMs: longestDelayMs });
    const throttleMs = durationMs(throttle, 'throttle', { maxMs: longestDelayMs });
    const ids = jobs.map(({ id }) => (id === undefined ? randomId() : checkText('id', id)));
    const args: Arg[] = [...head, delayMs, onDuplicate === 'replace' ? '1' : '0', throttleMs];
    for (const [i, { data, priority = 0, group }] of jobs.entries()) {
      const payload = await encodePayload(queue, data);
      args.push(ids[i] ?? '', wholeNumber('priority', priority, -100, 100));
      args.push(group === undefined ? '' : checkText('group', group), payload);
    }
    const changes = await ask(addScript(keys, args), call);
    return ids.map((id, i) => ({ id, added: (changes[i] ?? 0) > 0, replaced: changes[i] === 2 }));
  }

  function randomId(): string {
    return Buffer.from(driver.random.bytes(12)).toString('base64url');
  }

  async function look(id: string, call?: CallOptions): Promise<JobInfo<T, R> | undefined> {
    const found = await ask(lookScript(keys, [...head, 'job', checkText('id', id)]), call);
    if (found === null) return undefined;
    const [where, delivery, failures, problem, record, said] = found;
    const state = textOf(where) as JobState;
    const answer = storedAnswer(said);
    const read = answer === undefined ? undefined : decodeAnswer(answer.payload);
    const stored = state === 'done' ? undefined : storedJob(record);
    return {
      id,
      state,
      // What cannot be read is shown all the same, without its data.
      data: stored && (await decodePayload(queue, stored.payload).catch(() => undefined)),
      delivery: numberOf(delivery),
      failures: numberOf(failures),
      lastError: textOf(problem),
      progress: answer?.kind === 'progress' ? read : undefined,
      result: answer?.kind === 'result' ? (read as R | undefined) : undefined,
      priority: stored?.priority ?? 0,
      group: stored?.group,
      addedAtMs: stored?.addedAtMs ?? 0,
    };
  }

  function control(act: string, some: readonly Arg[], call?: CallOptions): Promise<number> {
    return ask(controlScript(keys, [...head, act, ...some]), call);
  }

  /** An act on jobs named by their ids. */
  function onJobs(act: 'remove' | 'cancel' | 'replay' | 'discard') {
    return async (ids: string | readonly string[], call?: CallOptions): Promise<number> => {
      const some = typeof ids === 'string' ? [ids] : checkMany('ids', ids);
      return some.length === 0
        ? 0
        : control(
            act,
            some.map((id) => checkText('id', id)),
            call,
          );
    };
  }

  return {
    name,
    async add(data, { id, priority, group, ...call } = {}) {
      const [added] = await addMany([{ data, ...given({ id, priority, group }) }], call);
      if (added === undefined) throw new InvalidArgumentError('data', 'must be a job', data);
      return added;
    },
    addMany: async (jobs, call = {}) => (checkMany('jobs', jobs).length === 0 ? [] : addMany(jobs, call)),
    work(handler, worker = {}) {
      if (typeof handler !== 'function')
        throw new InvalidArgumentError('handler', 'must be a function', handler);
      return startWorker(driver, queue, handler, resolveWorker(worker));
    },
    async finished(id, call = {}) {
      if (queue.keepMs === 0)
        throw new InvalidArgumentError(
          'results',
          'must be kept by a queue whose jobs are waited for',
          undefined,
        );
      if (call.timeoutMs !== undefined) durationMs(call.timeoutMs, 'timeoutMs');
      return waitForEnd({ driver, waiters, look }, checkText('id', id), call);
    },
    job: look,
    async list(state, { limit, skip = 0, ...call }) {
      if (!states.includes(state))
        throw new InvalidArgumentError('state', `must be one of ${states.join(', ')}`, state);
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
}

/** Without what is undefined. */
function given<P extends object>(parts: P): { [K in keyof P]?: Exclude<P[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never;
}

function checkMany<V>(argument: string, values: readonly V[]): readonly V[] {
  if (!Array.isArray(values) || values.length > mostAtOnce)
    throw new InvalidArgumentError(argument, `must be an array of at most ${mostAtOnce}`, values);
  return values;
}
