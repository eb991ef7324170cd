import {
  AbortedError,
  type CallOptions,
  callWithin,
  checkDriver,
  checkObject,
  checkText,
  InvalidArgumentError,
  isPenknifeError,
  oneDeadline,
  slotOf,
  waitWithin,
} from '@penknife/core';
import { oneJob, theOne } from '../adding.js';
import { shapeScript } from '../commands.js';
import { queueErrorOr } from '../errors.js';
import type { JobInfo } from '../job.js';
import {
  checkIds,
  checkMany,
  checkState,
  mostAtOnce,
  type OpenQueue,
  openQueue,
  resolveFinished,
} from '../open-queue.js';
import { resolveWorker, wholeNumber } from '../options.js';
import type { Added, AddManyOptions, NewJob, Queue, QueueDriver } from '../queue.js';
import { randomIds } from '../random-ids.js';
import { Places } from '../worker/places.js';
import { tell } from '../worker/tell.js';
import type { PartitionedQueue, PartitionedQueueOptions } from './partitioned-queue.js';
import { resolvePartitions } from './resolve-partitions.js';
import { workersAsOne } from './workers-as-one.js';

/**
 * Makes a queue of several partitions. It opens nothing and starts nothing; workers have an end of their own.
 *
 * ```ts
 * const mails = createPartitionedQueue<Mail>(driver, 'mails', { partitions: 12 });
 * const worker = mails.work(send, { concurrency: 50 }); // 50 over all partitions together
 * ```
 */
export function createPartitionedQueue<T, R = unknown>(
  driver: QueueDriver,
  name: string,
  options: PartitionedQueueOptions<T>,
): PartitionedQueue<T, R> {
  checkDriver(driver);
  const { by, parts, shape, shapeKey } = resolvePartitions(name, options);
  const open = parts.map((part) => openQueue<T, R>(driver, part));
  const queues = open.map(({ queue }) => queue);
  const randomId = randomIds(driver.random);
  let shaped: Promise<void> | undefined;

  function partitionOf(id: string, group?: string): number {
    return slotOf(by === 'group' && group !== undefined ? group : id) % parts.length;
  }

  function at(index: number): Queue<T, R> {
    const found = queues[index];
    if (found !== undefined) return found;
    throw new InvalidArgumentError('index', `must be a whole number of 0 to ${parts.length - 1}`, index);
  }

  /**
   * Another number of partitions would put ids elsewhere: asked once, before anything is added or worked on, within the queue's
   * own deadline and for all who come meanwhile, each of whom waits as long as its own call may take.
   */
  async function checkShape(call: CallOptions = {}): Promise<void> {
    const { signal } = call;
    if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
    shaped ??= driver
      .send(shapeScript([shapeKey], [shape]), callWithin(undefined, options.deadlineMs))
      .then((found) => {
        if (found === shape) return;
        throw new InvalidArgumentError('partitions', `must be ${found}, as this queue has them`, shape);
      })
      .catch((error: unknown) => {
        shaped = undefined;
        throw queueErrorOr(error);
      });
    await waitWithin(driver.clock, shaped, call, 'no');
  }

  /** In every partition. All have ended when it rejects with the first error. */
  function everywhere<V>(act: (queue: Queue<T, R>) => Promise<V>): Promise<V[]> {
    return allOf(queues.map(act));
  }

  /** Everything is checked and encoded before anything is sent. */
  async function addEach(jobs: readonly NewJob<T>[], call: AddManyOptions): Promise<readonly Added[]> {
    const left = oneDeadline(driver.clock, callWithin(call));
    const some = new Map<number, { readonly job: NewJob<T>; readonly at: number }[]>();
    for (const [i, job] of jobs.entries()) {
      checkObject('job', job);
      const { id = randomId(), group } = job;
      const index = partitionOf(checkText('id', id), group === undefined ? group : checkText('group', group));
      some.set(index, [...(some.get(index) ?? []), { job: { ...job, id }, at: i }]);
    }
    const prepared = await Promise.all(
      [...some].map(async ([index, own]) => {
        const jobs = own.map(({ job }) => job);
        return { own, send: await (open[index] as OpenQueue<T, R>).prepare(jobs, call) };
      }),
    );
    await checkShape(left());
    const rest = left();
    const result: Added[] = [];
    await allOf(
      prepared.map(async ({ own, send }) => {
        const added = await send(rest);
        own.forEach(({ at: i }, j) => {
          const one = added[j] as Added;
          // As where one that was drawn is: nobody else's.
          result[i] = jobs[i]?.id === undefined ? { ...one, added: true } : one;
        });
      }),
    );
    return result;
  }

  async function sum(act: (queue: Queue<T, R>) => Promise<number>): Promise<number> {
    return (await everywhere(act)).reduce((total, count) => total + count, 0);
  }

  /** What is done to jobs named by their ids, in the partitions in which they can be. */
  function onJobs(act: 'remove' | 'cancel' | 'replay' | 'discard'): Queue<T, R>['remove'] {
    return async (ids, call) => {
      const some = checkIds(ids);
      return sum(async (queue) => {
        const own = by === 'group' ? some : some.filter((id) => at(partitionOf(id)) === queue);
        return own.length === 0 ? 0 : queue[act](own, call);
      });
    };
  }

  async function find(
    id: string,
    call?: CallOptions,
  ): Promise<{ readonly queue: Queue<T, R>; readonly job: JobInfo<T, R> | undefined } | undefined> {
    if (by === 'id') {
      const queue = at(partitionOf(checkText('id', id)));
      return { queue, job: await queue.job(id, call) };
    }
    const jobs = await everywhere((queue) => queue.job(id, call));
    const index = jobs.findIndex((job) => job !== undefined);
    return index < 0 ? undefined : { queue: at(index), job: jobs[index] };
  }

  /** Of a job that is nowhere any partition can say so. */
  function whereFound(found: { readonly queue: Queue<T, R> } | undefined): Queue<T, R> {
    return found?.queue ?? at(0);
  }

  return {
    name,
    partitions: parts.length,
    partitionOf: (id, group) =>
      partitionOf(checkText('id', id), group === undefined ? group : checkText('group', group)),
    partition: at,
    async add(data, options = {}) {
      const { job, call } = oneJob(data, options);
      return theOne(await addEach([job], call));
    },
    addMany: async (jobs, call = {}) => (checkMany('jobs', jobs).length === 0 ? [] : addEach(jobs, call)),
    work(handler, given = {}) {
      const resolved = resolveWorker(given);
      const places = new Places(resolved.concurrency);
      const worker = workersAsOne(open.map(({ start }) => start(handler, resolved, places)));
      // One that knows of fewer partitions leaves the others alone: it harms nothing, and has to be told.
      checkShape().catch((error: unknown) => {
        if (!(isPenknifeError(error) && error.code === 'CLOSED'))
          tell(resolved.onEvent, { kind: 'error', error });
      });
      return worker;
    },
    async finished(id, call) {
      if (by === 'id') return at(partitionOf(checkText('id', id))).finished(id, call);
      const { timeoutMs, ...others } = resolveFinished(options.results !== undefined, call);
      const asked = find(checkText('id', id), others.signal && { signal: others.signal });
      if (timeoutMs === undefined) return whereFound(await asked).finished(id, others);
      const untilMs = driver.clock.monotonic() + timeoutMs;
      let isOver = false;
      const found = await waitWithin(driver.clock, asked, { deadlineMs: timeoutMs }, 'no', (error) => {
        isOver = true;
        return error;
      }).catch((error: unknown) => {
        if (!isOver) throw error;
        return undefined;
      });
      if (isOver) return { kind: 'timeout' };
      const leftMs = Math.max(0, Math.ceil(untilMs - driver.clock.monotonic()));
      return whereFound(found).finished(id, { ...others, timeoutMs: leftMs });
    },
    job: async (id, call) => (await find(id, call))?.job,
    async list(state, options) {
      checkState(state);
      checkObject('options', options);
      const { limit, skip = 0, ...call } = options;
      wholeNumber('limit', limit, 1, mostAtOnce);
      let toSkip = wholeNumber('skip', skip, 0, 1e9);
      const left = oneDeadline(driver.clock, call);
      const first = left();
      const found: JobInfo<T, R>[] = [];
      const counts = await everywhere((queue) => queue.counts(first));
      for (const [i, count] of counts.entries()) {
        if (found.length === limit) break;
        if (count[state] > toSkip)
          found.push(...(await at(i).list(state, { limit: limit - found.length, skip: toSkip, ...left() })));
        toSkip = Math.max(0, toSkip - count[state]);
      }
      return found;
    },
    async counts(call) {
      const all = await everywhere((queue) => queue.counts(call));
      const of = (state: 'waiting' | 'delayed' | 'working' | 'dead' | 'done'): number =>
        all.reduce((total, counts) => total + counts[state], 0);
      return {
        waiting: of('waiting'),
        delayed: of('delayed'),
        working: of('working'),
        dead: of('dead'),
        done: of('done'),
        paused: all.every(({ paused }) => paused),
      };
    },
    pause: async (call) => void (await everywhere((queue) => queue.pause(call))),
    resume: async (call) => void (await everywhere((queue) => queue.resume(call))),
    remove: onJobs('remove'),
    cancel: onJobs('cancel'),
    drain: (call) => sum((queue) => queue.drain(call)),
    replay: onJobs('replay'),
    discard: onJobs('discard'),
  };
}

/** What all of them resolve to; all have ended when it rejects with the first error. */
async function allOf<V>(promises: readonly Promise<V>[]): Promise<V[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
