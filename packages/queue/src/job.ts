/** A job in the hands of its handler. */
export interface Job<T> {
  readonly id: string;
  readonly data: T;
  /** 1 for the first try that a handler answers; grows with each failure. */
  readonly attempt: number;
  /** How often the job was handed out, crashed workers included; grows with every delivery, so it can serve as a fence. */
  readonly delivery: number;
  readonly priority: number;
  /** When it was added, by the server's clock; after a retry or a delay still that. */
  readonly addedAtMs: number;
  /** Fires when the job is not this worker's any more: stop, another may have begun. Its reason is a `JobLostError`. */
  readonly signal: AbortSignal;
}

/** A job as it stands in the queue. */
export interface JobInfo<T> {
  readonly id: string;
  readonly state: 'waiting' | 'delayed' | 'working' | 'dead';
  /** Undefined when it cannot be read: of another codec, or not fitting the schema. */
  readonly data: T | undefined;
  readonly delivery: number;
  readonly failures: number;
  /** Name and message of the last error, at most 500 characters; empty: none. */
  readonly lastError: string;
  readonly priority: number;
  readonly addedAtMs: number;
}

/** How many jobs there are, at one instant. */
export interface QueueCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly working: number;
  readonly dead: number;
  readonly paused: boolean;
}

/** Handles one job. Resolving says that it is done; throwing that it failed. */
export type JobHandler<T> = (job: Job<T>) => unknown;
