import type { CallOptions, Driver, Duration } from '@penknife/core';
import type { JobHandler, JobInfo, JobState, QueueCounts } from './job.js';
import type { WorkerOptions } from './options.js';
import type { Worker } from './worker/worker.js';

/** How jobs are added. */
export interface AddManyOptions extends CallOptions {
  /** Not before so long from now. */
  readonly delay?: Duration;
  /** Not before this instant, by the server's clock: a `Date`, or ms since 1970. One in the past is now. Not with `delay`. */
  readonly at?: Date | number;
  /**
   * When an id is in the queue already: `'keep'` (default) leaves that job as it is; `'replace'` puts this one in its place as
   * long as it waits, with a delay that begins anew: with `delay` this debounces, and the last of many is done once.
   */
  readonly onDuplicate?: 'keep' | 'replace';
  /** Ids are not added again for so long, whatever becomes of their jobs: the first of many is done once. */
  readonly throttle?: Duration;
}

/** How one job is added. */
export interface AddOptions extends AddManyOptions {
  /** The caller's own id, 1 to 200 characters: a job whose id is in the queue is not added again. Default: a random one. */
  readonly id?: string;
  /** -100 to 100; default 0. A step is worth the queue's `priorityStep` of waiting, so nothing waits for ever. */
  readonly priority?: number;
  /** What it shares `groupConcurrency` with: a customer, an account; 1 to 200 characters. Default: no group, no limit. */
  readonly group?: string;
}

/** One of many jobs. */
export interface NewJob<T> extends Pick<AddOptions, 'id' | 'priority' | 'group'> {
  readonly data: T;
}

/** What became of an added job. */
export interface Added {
  readonly id: string;
  /** False: its id was in the queue already, its result is kept, or it is throttled; or a former sending of this call added it. */
  readonly added: boolean;
  /** True: a job of this id waited, and this one is in its place. */
  readonly replaced: boolean;
}

/** How a job is waited for. */
export interface FinishedOptions<P = unknown> {
  /** How long at most. Default: until `signal`, or for ever. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Told of the progress that the handler reports: the latest, when several come at once. */
  readonly onProgress?: (progress: P) => void;
}

/** How a job ended. `gone`: it was removed, cancelled or discarded, its result is not kept any more, or it never was. */
export type Finish<R> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'dead'; readonly lastError: string; readonly failures: number }
  | { readonly kind: 'gone' }
  | { readonly kind: 'timeout' };

/** Which of the jobs in one state. */
export interface ListOptions extends CallOptions {
  /** How many, 1 to 1 000. */
  readonly limit: number;
  /** How many to skip. Default 0. */
  readonly skip?: number;
}

/**
 * A reliable job queue: what was added is handed out at least once, until a handler has answered. Calls reject with the
 * driver's errors; `add` under an id, and all other calls, are safe to repeat after `sent: 'maybe'`. `remove`, `cancel` and
 * `drain` of many are several commands, of one deadline: when they reject, a part may be done.
 */
export interface Queue<T, R = unknown> {
  readonly name: string;
  /** Adds a job. Rejects with `SchemaError`, `CodecError` or `InvalidArgumentError` before anything is sent. */
  add(data: T, options?: AddOptions): Promise<Added>;
  /** Adds up to 1 000 jobs in one command, all with the same delay. */
  addMany(jobs: readonly NewJob<T>[], options?: AddManyOptions): Promise<readonly Added[]>;
  /** Starts a worker. It opens one subscription, shared by the process, and sends nothing while there is nothing to do. */
  work(handler: JobHandler<T, R>, options?: WorkerOptions): Worker;
  /**
   * Resolves when a job has ended; needs `results`. There is no moment at which an end could be missed: it listens first and
   * looks then, and again after every gap. Rejects with `AbortedError`, whose `cause` is the signal's reason, or when the server cannot be asked.
   */
  finished(id: string, options?: FinishedOptions): Promise<Finish<R>>;
  /** One job; undefined when it is over and its result is not kept, or when it never was. */
  job(id: string, options?: CallOptions): Promise<JobInfo<T, R> | undefined>;
  /** Jobs in one state: waiting by arrival, then those with a priority or that came back; delayed and working the soonest first; dead and done the latest first. */
  list(state: JobState, options: ListOptions): Promise<readonly JobInfo<T, R>[]>;
  counts(options?: CallOptions): Promise<QueueCounts>;
  /** Nothing is handed out until `resume`, by no worker of any process; what is at work goes on. */
  pause(options?: CallOptions): Promise<void>;
  resume(options?: CallOptions): Promise<void>;
  /** Takes jobs out that wait; resolves to how many. Up to 1 000 ids, 20 a command: each is looked for in all that wait. */
  remove(ids: string | readonly string[], options?: CallOptions): Promise<number>;
  /** As `remove`, and takes jobs out that are at work: their signal fires at once, and what their handlers answer is not heard. */
  cancel(ids: string | readonly string[], options?: CallOptions): Promise<number>;
  /** Takes out what waits or is delayed, in commands of up to 200, as many as there were at first, whichever; resolves to how many. */
  drain(options?: CallOptions): Promise<number>;
  /** Puts dead letters back, as if they had never failed; resolves to how many of up to 1 000 ids were dead letters. */
  replay(ids: string | readonly string[], options?: CallOptions): Promise<number>;
  /** Forgets dead letters. */
  discard(ids: string | readonly string[], options?: CallOptions): Promise<number>;
}

/** What a queue needs of a driver. */
export type QueueDriver = Driver;
