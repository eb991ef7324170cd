export { createQueue } from './create-queue.js';
export { JobLostError, QueueKeyError, UnrecoverableJobError } from './errors.js';
export type { Job, JobHandler, JobInfo, QueueCounts } from './job.js';
export { queueKeys } from './keys.js';
export type { QueueOptions, RetryOptions, WorkerEvent, WorkerOptions } from './options.js';
export type { Added, AddOptions, NewJob, Queue, QueueDriver } from './queue.js';
export type { Worker } from './worker/worker.js';
