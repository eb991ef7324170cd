import type { SettleStatus } from '../commands/delivery.js';

/**
 * What happens to a consumer beside its handler. Names, ids and counts; the errors are the handler's or the driver's own.
 * On a partitioned stream `partition` says where, unless it concerns all, and on one with lanes `lane`.
 */
export type ConsumerEvent = Happening & { readonly partition?: number; readonly lane?: string };

type Happening =
  /** The group is there; `created` when it was not before. */
  | { readonly type: 'ready'; readonly created: boolean }
  /** The stream or the group was gone; the group was created again, and starts where `recreateFrom` says. */
  | { readonly type: 'group-recreated' }
  /** The handler failed; the message is tried again after `delayMs`. */
  | {
      readonly type: 'retry';
      readonly id: string;
      readonly failures: number;
      readonly delayMs: number;
      readonly error: unknown;
    }
  /** A message became a dead letter; `deadLetters` is how many the group has now. */
  | {
      readonly type: 'dead-letter';
      readonly id: string;
      readonly reason: string;
      readonly error: unknown;
      readonly deadLetters: number;
    }
  /** Entries were taken over: their owner died, or this consumer had lost sight of them. */
  | { readonly type: 'taken-over'; readonly ids: readonly string[] }
  /** Entries were trimmed while they were pending: nobody can process them any more. */
  | { readonly type: 'payload-lost'; readonly ids: readonly string[] }
  /** A lease was lost; the message's signal has fired if its handler was running. */
  | { readonly type: 'lease-lost'; readonly id: string; readonly why: 'expired' | 'taken' | 'gone' }
  /** A message was handled, but its settlement found another owner or nothing: it was, or will be, processed twice. */
  | { readonly type: 'unconfirmed'; readonly id: string; readonly status: SettleStatus | 'unknown' }
  /** The handler threw after it had settled the message itself: the settlement stands. */
  | { readonly type: 'late-failure'; readonly id: string; readonly error: unknown }
  /** Ordered groups: a message failed for good, or is poison. Nothing of its key is handled until `resumeKey`. */
  | {
      readonly type: 'key-halted';
      readonly key: string | undefined;
      readonly id: string;
      readonly reason: string;
      readonly error: unknown;
    }
  /** Ordered groups: another member is at work; this one waits until it is done, leaves or dies. */
  | { readonly type: 'standing-by' }
  /** Partitioned streams: this consumer works on the partition from now on. */
  | { readonly type: 'partition-taken'; readonly partition: number; readonly generation: number }
  /**
   * Partitioned streams: it does not any more. It gave the partition up, to balance or to close, or lost it: could not
   * prolong its tenure in time.
   */
  | { readonly type: 'partition-left'; readonly partition: number; readonly why: 'given-up' | 'lost' }
  /** Consumers of the group were removed: idle for long, and nothing pending. */
  | { readonly type: 'consumers-removed'; readonly names: readonly string[] }
  /** The server could not be asked, or refused; it is tried again. */
  | { readonly type: 'error'; readonly error: unknown };
