import type { CallOptions, LanePool } from '@penknife/core';
import type { AppendOptions } from './appending/durability.js';
import type { Appended } from './commands/append.js';
import type { Effect } from './commands/once.js';
import type { Consumer } from './consumer/consumer-handle.js';
import type { ConsumerOptions } from './consumer/consumer-options.js';
import type { ReceivedMessage } from './consumer/received-message.js';
import type { DeadLetters } from './dead-letters.js';
import type { StreamMessage } from './entry/decode-entry.js';
import type { DraftOptions } from './entry/encode-draft.js';
import type { Position } from './entry/position.js';
import type { GroupStats } from './group-stats.js';
import type { RangeOptions, TailOptions } from './reading/read-options.js';
import type { ScheduleOptions } from './scheduling/schedule-options.js';
import type { Scheduler, SchedulerOptions } from './scheduling/scheduler.js';
import type { TrimReport } from './trimming/trim.js';
import type { TrimOptions } from './trimming/trim-options.js';
import type { Trimmer, TrimmerOptions } from './trimming/trimmer.js';

/** A message to append: its content, and an id or headers if wanted. */
export type Draft<Content> = Content & DraftOptions;

/** Options for `consume` with whole batches. */
export interface BatchConsumerOptions extends ConsumerOptions {
  /** The handler gets up to this many messages at once; it does not wait for a batch to fill. */
  readonly batch: number;
}

/** An open stream: a durable log, and the groups that consume it. */
export interface Stream<DraftContent, Content> {
  readonly name: string;
  /** The hash tag of all its keys, braces included: for keys that `handleOnce` writes. */
  readonly hashTag: string;
  /**
   * Appends one message. Rejects with `SchemaError`, `CodecError` or `InvalidArgumentError` before anything was sent. A call
   * that ends with `sent: 'maybe'` may have appended; only with an `id` (or `repeatAppends`) is it sent again, and stored once. With `durable` it
   * resolves when replicas or the append-only file have it, and rejects with `NotDurableError` when they do not in time.
   */
  append(draft: Draft<DraftContent>, options?: AppendOptions): Promise<Appended>;
  /** Appends in order, up to 200 in one round trip and one atomic act; validation of all comes before the first is sent. */
  appendMany(drafts: readonly Draft<DraftContent>[], options?: AppendOptions): Promise<readonly Appended[]>;
  /**
   * The outbox: changes state in Redis and appends the message that tells of it, in one atomic act. `effects` are plain
   * commands on keys with the stream's `hashTag`, ones that cannot fail: one that does rejects the call, what ran before it
   * stays, and nothing is appended. With an `id` the whole is done once: a duplicate changes nothing.
   */
  appendWith(
    draft: Draft<DraftContent>,
    effects: readonly Effect[],
    options?: CallOptions,
  ): Promise<Appended>;
  /** One message by its entry id; null when there is none (any more), or it is no message. */
  read(id: string, options?: CallOptions): Promise<StreamMessage<Content> | null>;
  /** What is in the log, forwards or backwards. Rejects with `AbortedError` when the signal fires. */
  range(options?: RangeOptions): AsyncIterableIterator<StreamMessage<Content>>;
  /** What is appended from now on (or from another position), without end and without a gap. The signal ends it quietly. */
  tail(options?: TailOptions): AsyncIterableIterator<StreamMessage<Content>>;
  /**
   * Starts a consumer of a group: each message goes to one member of it, at least once. The handler acknowledges by
   * returning and fails by throwing; see `ReceivedMessage` for the rest. Close the consumer when done.
   */
  consume(
    group: string,
    handler: (message: ReceivedMessage<Content>) => unknown,
    options?: ConsumerOptions & { readonly batch?: never },
  ): Consumer;
  consume(
    group: string,
    handler: (messages: readonly ReceivedMessage<Content>[]) => unknown,
    options: BatchConsumerOptions,
  ): Consumer;
  /** How far a group is. Rejects with the server's NOGROUP when there is no such group. */
  stats(group: string, options?: CallOptions): Promise<GroupStats>;
  /**
   * Moves a group, all its members, to another place: back to handle entries again, or forward to leave some out. What a
   * member works on it goes on with; in a group in no order another member may be given it, too, or a retry before it is due, when
   * the group is moved back to before it. Rejects with the server's error when there is no such group.
   */
  seek(group: string, position: Position, options?: CallOptions): Promise<void>;
  deadLetters(group: string): DeadLetters<StreamMessage<Content>>;
  /**
   * Removes entries from the beginning of the log, exactly, by the bounds given. What a group has not acknowledged stays,
   * unless `unread` says otherwise; then the report says what was lost, group by group.
   */
  trim(options: TrimOptions): Promise<TrimReport>;
  /** Trims from time to time until it is closed, or the handle of the streams is. */
  startTrimmer(options: TrimmerOptions): Trimmer;
  /**
   * Schedules a message: it is appended when it is due, by the clock of the server, while a scheduler runs somewhere. It
   * waits outside the log, so no lease and no retry counts against it. One of this schedule's id stays as it is while it waits
   * (`duplicate`); once appended, the id is forgotten. The draft has no `id` of its own. A call that ends with `sent: 'maybe'`
   * may have scheduled, and is not sent again by itself.
   */
  schedule(draft: Draft<DraftContent>, options: ScheduleOptions): Promise<Scheduled>;
  /** Cancels what is scheduled under the id. False when there is nothing. */
  cancel(id: string, options?: CallOptions): Promise<boolean>;
  /** Appends what is scheduled under the id now; what recurs goes on as planned. False when there is nothing. */
  promote(id: string, options?: CallOptions): Promise<boolean>;
  /** Appends scheduled messages when they are due, until it is closed, or the handle of the streams is. */
  startScheduler(options?: SchedulerOptions): Scheduler;
  /** What trimming put aside, as `range` gives it; ids are those it has there. */
  aside(options?: RangeOptions): AsyncIterableIterator<StreamMessage<Content>>;
}

/** Whatever runs until it is closed. */
export interface Running {
  close(options?: { readonly deadlineMs?: number }): Promise<unknown>;
}

/** What a stream needs of the handle it was opened with. */
export interface StreamHost {
  /** Throws `ClosedError` when the handle is closed: what started then would be closed by nobody. */
  refuseClosed(): void;
  /** Connections of their own for appends that wait. */
  readonly lanes: LanePool;
  /** It runs, and is closed with the handle. */
  started(one: Running): void;
  ended(one: Running): void;
}

/** A message that is scheduled. */
export interface Scheduled {
  readonly id: string;
  /** When it is due, ms since 1970 by the clock of the server. */
  readonly atMs: number;
  /** True when one of this id was scheduled already: nothing was changed. */
  readonly duplicate: boolean;
}
