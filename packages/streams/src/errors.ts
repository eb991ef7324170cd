import { PenknifeError } from '@penknife/core';

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
export type PoisonReason = 'foreign' | 'codec' | 'unknown-event' | 'schema';

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
