import { isServerError, PenknifeError } from '@penknife/core';

/** Thrown by a handler: this job will never succeed. It becomes a dead letter at once. */
export class UnrecoverableJobError extends PenknifeError {
  readonly kind = 'unrecoverable-job';

  constructor(reason: string, options?: { readonly cause?: unknown }) {
    super('UNRECOVERABLE_JOB', reason, options);
  }
}

const reasons = {
  lost: 'the lease of this job was not confirmed in time',
  cancelled: 'this job was cancelled',
  closing: 'the worker is closing',
} as const;

/** The reason of a job's `signal`: it is not this worker's any more. `lost`: its lease was not confirmed in time. `cancelled`: by `Queue.cancel`, or it is no longer in the queue for another reason. `closing`: the worker ends. */
export class JobLostError extends PenknifeError {
  readonly kind = 'job-lost';
  readonly reason: 'lost' | 'cancelled' | 'closing';

  constructor(reason: JobLostError['reason']) {
    super('JOB_LOST', reasons[reason]);
    this.reason = reason;
  }
}

/** A key of the queue holds data that is none of its own. The data was left as it is: choose another namespace or name. */
export class QueueKeyError extends PenknifeError {
  readonly kind = 'queue-key';

  constructor(cause: unknown) {
    super('QUEUE_KEY', 'a key of this queue holds foreign data; nothing was changed', { cause });
  }
}

/** The error to show for a call on the queue's keys: foreign data there gets a name of its own. */
export function queueErrorOr(error: unknown): unknown {
  return isServerError(error, 'FOREIGN') || isServerError(error, 'WRONGTYPE')
    ? new QueueKeyError(error)
    : error;
}
