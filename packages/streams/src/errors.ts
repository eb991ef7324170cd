import { PenknifeError } from '@penknife/core';
import type { Appended } from './commands/append.js';

/** The reason of a message's signal when its lease was lost: another consumer may be working on it. Stop; acking is in vain. */
export class LeaseLostError extends PenknifeError {
  readonly kind = 'lease-lost';

  constructor(why: 'expired' | 'taken' | 'gone') {
    const reasons = {
      expired: 'it could not be renewed in time',
      taken: 'another consumer took the entry over',
      gone: 'the entry is no longer pending',
    };
    super('LEASE_LOST', `the lease of this message is lost: ${reasons[why]}`);
  }
}

/** The reason of a message's signal when its consumer closes and the time for running handlers is over. */
export class HandedOverError extends PenknifeError {
  readonly kind = 'handed-over';

  constructor() {
    super('HANDED_OVER', 'the consumer closed before this message was finished; it was handed over');
  }
}

/** Why an entry cannot become a message. */
export type PoisonReason = 'foreign' | 'codec' | 'unknown-event' | 'newer' | 'schema';

/** An entry of the log that is no message of this stream. Names the reason and the entry, never its content. */
export class PoisonError extends PenknifeError {
  readonly kind = 'poison';
  readonly reason: PoisonReason;
  readonly entryId: string;

  constructor(reason: PoisonReason, entryId: string, detail: string, cause?: unknown) {
    super('POISON', `entry ${entryId}: ${detail}`, { cause });
    this.reason = reason;
    this.entryId = entryId;
  }
}

/**
 * An append is in the log, but the confirmation that was asked for did not come in time: a failover now may lose it. Append
 * again with the same message id to be sure; without one it would be stored twice.
 */
export class NotDurableError extends PenknifeError {
  readonly kind = 'not-durable';
  readonly appended: readonly Appended[];
  /** Replicas that have it. */
  readonly replicas: number;
  /** Whether the primary has flushed it to its append-only file; true when that was not asked. */
  readonly flushed: boolean;

  constructor(
    appended: readonly Appended[],
    wanted: { readonly replicas: number; readonly withinMs: number },
    { replicas, flushed }: { readonly replicas: number; readonly flushed: boolean },
  ) {
    const file = flushed ? '' : ', and the append-only file of the primary does not have it';
    super(
      'NOT_DURABLE',
      `appended, but not confirmed within ${wanted.withinMs} ms: on ${replicas} of ${wanted.replicas} replicas${file}`,
    );
    this.appended = appended;
    this.replicas = replicas;
    this.flushed = flushed;
  }
}
