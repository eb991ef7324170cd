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
  /** The call has run. */
  readonly sent = 'maybe';
  readonly #detail: string;

  /** `cause`: why there was no answer to the question who has it. */
  constructor(
    appended: readonly Appended[],
    { replicas, flushed }: { readonly replicas: number; readonly flushed: boolean },
    detail: string,
    cause?: unknown,
  ) {
    super('NOT_DURABLE', `appended, but not confirmed: ${detail}`, { cause });
    this.appended = appended;
    this.replicas = replicas;
    this.flushed = flushed;
    this.#detail = detail;
  }

  /** The same, of a call that had appended these before. */
  after(before: readonly Appended[]): NotDurableError {
    return new NotDurableError([...before, ...this.appended], this, this.#detail, this.cause);
  }

  /** The same, of a call that appended these in several places, of which `all` are not confirmed: what the worst of them has. */
  together(appended: readonly Appended[], all: readonly NotDurableError[]): NotDurableError {
    const replicas = Math.min(...all.map((one) => one.replicas));
    const flushed = all.every((one) => one.flushed);
    return new NotDurableError(appended, { replicas, flushed }, this.#detail, this.cause);
  }
}

/**
 * Of an `appendMany` that takes several acts (more than 200 messages, or several partitions) some are in the log, and `cause` came
 * before the rest. What `appended` has is in the log, and where `durable` was asked for it is not confirmed: then append all again,
 * with their ids, else the rest. Without ids look at `cause.sent` first: at `'maybe'` what failed may be there, and come twice.
 */
export class PartlyAppendedError extends PenknifeError {
  readonly kind = 'partly-appended';
  /** For each message what became of it, in their order; undefined where it is not known to be in the log. */
  readonly appended: readonly (Appended | undefined)[];
  /** Of the call as a whole. Whether the rest can be there says `cause`. */
  readonly sent = 'maybe';

  constructor(appended: readonly (Appended | undefined)[], cause: unknown) {
    const there = appended.filter((one) => one !== undefined).length;
    super('PARTLY_APPENDED', `${there} of ${appended.length} messages are appended; then it failed`, {
      cause,
    });
    this.appended = appended;
  }
}
