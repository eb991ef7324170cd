import {
  type Arg,
  arrayReply,
  type CallOptions,
  type Command,
  callWithin,
  durationMs,
  InvalidArgumentError,
  stringReply,
} from '@penknife/core';
import { addScript, controlScript, lookScript, numberOf, storedJob, textOf } from './commands.js';
import { queueErrorOr } from './errors.js';
import type { JobInfo } from './job.js';
import { type QueueOptions, resolveQueue, resolveWorker, wholeNumber } from './options.js';
import { decodePayload, encodePayload } from './payload.js';
import type { Added, AddOptions, NewJob, Queue, QueueDriver } from './queue.js';
import { startWorker } from './worker/worker.js';

const mostAtOnce = 1000;
const longestId = 200;
const longestDelayMs = 10 * 365 * 86_400_000;

/**
 * Makes a queue. It opens nothing and starts nothing; workers have an end of their own.
 *
 * ```ts
 * const emails = createQueue<{ to: string }>(driver, 'emails');
 * await emails.add({ to: 'ann@example.com' }, { delay: '5m' });
 * const worker = emails.work(async ({ data, signal }) => send(data.to, { signal }), { concurrency: 10 });
 * ```
 */
export function createQueue<T>(driver: QueueDriver, name: string, options: QueueOptions<T> = {}): Queue<T> {
  const queue = resolveQueue(name, options);
  const { keys, headStartMicros, channel, deadLetters } = queue;
  const head: readonly Arg[] = [headStartMicros, channel, deadLetters];

  async function ask<R>(command: Command<R>, call?: CallOptions): Promise<R> {
    try {
      return await driver.send(command, callWithin(call, queue.deadlineMs));
    } catch (error) {
      throw queueErrorOr(error);
    }
  }

  async function add(
    jobs: readonly NewJob<T>[],
    { delay = 0, ...call }: Omit<AddOptions, 'id' | 'priority'>,
  ): Promise<readonly Added[]> {
    const delayMs = durationMs(delay, 'delay', { maxMs: longestDelayMs });
    const ids = jobs.map(({ id }) => (id === undefined ? randomId() : checkId(id)));
    const args: Arg[] = [...head, delayMs];
    for (const [i, { data, priority = 0 }] of jobs.entries()) {
      const payload = await encodePayload(queue, data);
      args.push(ids[i] ?? '', wholeNumber('priority', priority, -100, 100), payload);
    }
    const added = await ask(addScript(keys, args), call);
    return ids.map((id, i) => ({ id, added: added[i] === 1 }));
  }

  function randomId(): string {
    return Buffer.from(driver.random.bytes(12)).toString('base64url');
  }

  async function look(id: string, call?: CallOptions): Promise<JobInfo<T> | undefined> {
    const found = await ask(lookScript(keys, [...head, checkId(id)]), call);
    if (found === null) return undefined;
    const [where, delivery, failures, problem, record] = found;
    const { payload, ...stored } = storedJob(record);
    return {
      id,
      state: textOf(where) as JobInfo<T>['state'],
      // What cannot be read is shown all the same, without its data.
      data: await decodePayload(queue, payload).catch(() => undefined),
      delivery: numberOf(delivery),
      failures: numberOf(failures),
      lastError: textOf(problem),
      ...stored,
    };
  }

  function control(act: string, ids: readonly string[], call?: CallOptions): Promise<number> {
    return ask(controlScript(keys, [...head, act, ...ids]), call);
  }

  return {
    name,
    async add(data, { id, priority, ...call } = {}) {
      const job = { data, ...(id !== undefined && { id }), ...(priority !== undefined && { priority }) };
      const [added] = await add([job], call);
      if (added === undefined) throw new InvalidArgumentError('data', 'must be a job', data);
      return added;
    },
    async addMany(jobs, call = {}) {
      if (!Array.isArray(jobs) || jobs.length > mostAtOnce)
        throw new InvalidArgumentError('jobs', `must be an array of at most ${mostAtOnce} jobs`, jobs);
      return jobs.length === 0 ? [] : add(jobs, call);
    },
    work: (handler, worker = {}) => {
      if (typeof handler !== 'function')
        throw new InvalidArgumentError('handler', 'must be a function', handler);
      return startWorker(driver, queue, head, handler, resolveWorker(worker));
    },
    job: look,
    async counts(call) {
      const found = (await ask(lookScript(keys, [...head, '']), call)) ?? [];
      const [waiting = 0, delayed = 0, working = 0, dead = 0, paused = 0] = found.map(numberOf);
      return { waiting, delayed, working, dead, paused: paused === 1 };
    },
    async pause(call) {
      await control('pause', [], call);
    },
    async resume(call) {
      await control('resume', [], call);
    },
    remove: async (id, call) => (await control('remove', [checkId(id)], call)) > 0,
    replay: async (ids, call) => (ids.length === 0 ? 0 : control('replay', checkIds(ids), call)),
    discard: async (ids, call) => (ids.length === 0 ? 0 : control('discard', checkIds(ids), call)),
    async deadLetters(limit, call) {
      const ids = await ask(latestDead(keys[6] ?? '', wholeNumber('limit', limit, 1, mostAtOnce)), call);
      const found = await Promise.all(ids.map((id) => look(id, call)));
      // One that was replayed or discarded meanwhile is no dead letter any more.
      return found.filter((job) => job?.state === 'dead') as JobInfo<T>[];
    },
  };
}

function latestDead(key: string, limit: number): Command<string[]> {
  return {
    args: ['ZRANGE', key, 0, limit - 1, 'REV'],
    key,
    repeatable: true,
    read: arrayReply('ZRANGE', stringReply('ZRANGE')),
  };
}

function checkId(id: string): string {
  if (typeof id !== 'string' || id.length === 0 || id.length > longestId || Buffer.from(id).toString() !== id)
    throw new InvalidArgumentError('id', `must be 1 to ${longestId} characters of well-formed text`, id);
  return id;
}

function checkIds(ids: readonly string[]): readonly string[] {
  if (ids.length > mostAtOnce) throw new InvalidArgumentError('ids', `must be at most ${mostAtOnce}`, ids);
  return ids.map(checkId);
}
