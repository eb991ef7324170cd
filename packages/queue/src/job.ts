/** A job in the hands of its handler. */
export interface Job<T> {
  readonly id: string;
  readonly data: T;
  /** 1 for the first try that a handler answers; grows with each failure. */
  readonly attempt: number;
  /** A number that grows with every handing out of the queue, also when an id is used again: it serves as the job's fence. */
  readonly delivery: number;
  readonly priority: number;
  /** What it was added with; undefined: no group. */
  readonly group: string | undefined;
  /** When it was added, by the server's clock; after a retry or a delay still that. */
  readonly addedAtMs: number;
  /** Fires when the job is not this worker's any more: stop, another may have begun. Its reason is a `JobLostError`. */
  readonly signal: AbortSignal;
  /** Keeps how far it is, and tells whoever waits by `finished`: one command. False when the job is not this worker's any more. */
  progress(value: unknown): Promise<boolean>;
}

/** Where a job is. `done`: its result is kept. */
export type JobState = 'waiting' | 'delayed' | 'working' | 'dead' | 'done';

/** A job as it stands in the queue. */
export interface JobInfo<T, R = unknown> {
  readonly id: string;
  readonly state: JobState;
  /** Undefined when it is done, or cannot be read: of another codec, or not fitting the schema. */
  readonly data: T | undefined;
  /** The last one's; 0: none since it was added, replaced or replayed. */
  readonly delivery: number;
  readonly failures: number;
  /** Name and message of the last error, at most 500 characters; empty: none. */
  readonly lastError: string;
  /** What its handler reported last; undefined: nothing. */
  readonly progress: unknown;
  /** What its handler resolved to, once it is done; undefined when that could not be kept. */
  readonly result: R | undefined;
  readonly priority: number;
  readonly group: string | undefined;
  readonly addedAtMs: number;
  /** By the server's clock. Delayed: when it is due. Working: when its lease ends if nobody renews it. Else undefined. */
  readonly dueAtMs: number | undefined;
  /** When it died or was done, by the server's clock; undefined: it has not ended. */
  readonly endedAtMs: number | undefined;
}

/** How many jobs there are, at one instant. */
export interface QueueCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly working: number;
  readonly dead: number;
  /** Done, and their results kept. */
  readonly done: number;
  readonly paused: boolean;
}

/** Handles one job. Resolving says that it is done, with its result; throwing that it failed. */
export type JobHandler<T, R = unknown> = (job: Job<T>) => R | Promise<R>;
