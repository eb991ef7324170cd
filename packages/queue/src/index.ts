export { createQueue } from './create-queue.js';
export { JobLostError, QueueKeyError, UnrecoverableJobError } from './errors.js';
export type { Job, JobHandler, JobInfo, JobState, QueueCounts } from './job.js';
export { queueKeys } from './keys.js';
export type {
  QueueOptions,
  RateOptions,
  ResultOptions,
  RetryOptions,
  WorkerEvent,
  WorkerOptions,
} from './options.js';
export { createPartitionedQueue } from './partitioned/create-partitioned-queue.js';
export type { PartitionedQueue, PartitionedQueueOptions } from './partitioned/partitioned-queue.js';
export type {
  Added,
  AddManyOptions,
  AddOptions,
  Finish,
  FinishedOptions,
  ListOptions,
  NewJob,
  Queue,
  QueueDriver,
} from './queue.js';
export type { Worker } from './worker/worker.js';
