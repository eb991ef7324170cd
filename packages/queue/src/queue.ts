import type { CallOptions, Driver, Duration } from '@penknife/core';
import type { JobHandler, JobInfo, QueueCounts } from './job.js';
import type { WorkerOptions } from './options.js';
import type { Worker } from './worker/worker.js';

/** How one job is added. */
export interface AddOptions extends CallOptions {
  /** The caller's own id, 1 to 200 characters: a job whose id is in the queue is not added again. Default: a random one. */
  readonly id?: string;
  /** Not before so long from now. */
  readonly delay?: Duration;
  /** -100 to 100; default 0. A step is worth the queue's `priorityStep` of waiting, so nothing waits for ever. */
  readonly priority?: number;
}

/** One of many jobs. */
export interface NewJob<T> {
  readonly data: T;
  readonly id?: string;
  readonly priority?: number;
}

/** What became of an added job. */
export interface Added {
  readonly id: string;
  /** False: its id was in the queue already, which was left as it is. */
  readonly added: boolean;
}

/**
 * A reliable job queue: what was added is handed out at least once, until a handler has answered. Calls reject with the
 * driver's errors; `add` under an id, and all other calls, are safe to repeat after `sent: 'maybe'`.
 */
export interface Queue<T> {
  readonly name: string;
  /** Adds a job. Rejects with `SchemaError`, `CodecError` or `InvalidArgumentError` before anything is sent. */
  add(data: T, options?: AddOptions): Promise<Added>;
  /** Adds up to 1 000 jobs in one command, all with the same delay. */
  addMany(
    jobs: readonly NewJob<T>[],
    options?: Omit<AddOptions, 'id' | 'priority'>,
  ): Promise<readonly Added[]>;
  /** Starts a worker. It opens one subscription, shared by the process, and sends nothing while there is nothing to do. */
  work(handler: JobHandler<T>, options?: WorkerOptions): Worker;
  /** One job; undefined when it is done, discarded, or never was. */
  job(id: string, options?: CallOptions): Promise<JobInfo<T> | undefined>;
  counts(options?: CallOptions): Promise<QueueCounts>;
  /** Nothing is handed out until `resume`, by no worker of any process; what is at work goes on. */
  pause(options?: CallOptions): Promise<void>;
  resume(options?: CallOptions): Promise<void>;
  /** Takes a job out that waits. False when it is at work, dead, or not there. Linear in the number that wait. */
  remove(id: string, options?: CallOptions): Promise<boolean>;
  /** Puts dead letters back, as if they had never failed; resolves to how many of up to 1 000 ids were dead letters. */
  replay(ids: readonly string[], options?: CallOptions): Promise<number>;
  /** Forgets dead letters. */
  discard(ids: readonly string[], options?: CallOptions): Promise<number>;
  /** Dead letters, the latest first, `limit` of up to 1 000. */
  deadLetters(limit: number, options?: CallOptions): Promise<readonly JobInfo<T>[]>;
}

/** What a queue needs of a driver. */
export type QueueDriver = Driver;
