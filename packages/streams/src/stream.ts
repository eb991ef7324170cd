import {
  type CallOptions,
  callWithin,
  type Driver,
  defineTrace,
  InvalidArgumentError,
  type LanePool,
} from '@penknife/core';
import {
  type AppendOptions,
  appendDurably,
  type Durability,
  resolveDurability,
} from './appending/durability.js';
import { type Appended, appendInOrder, appendPlainly } from './commands/append.js';
import { groupFigures, seekGroup } from './commands/group.js';
import { rangeOf } from './commands/read.js';
import { cancelScheduled, promoteDue, scheduleMessage } from './commands/schedule.js';
import { type Consumer, startConsumer } from './consumer/consumer.js';
import { type ConsumerOptions, checkName, resolveConsumerOptions } from './consumer/consumer-options.js';
import type { ReceivedMessage } from './consumer/received-message.js';
import type { Work } from './consumer/work.js';
import { createDeadLetters, type DeadLetters } from './dead-letters.js';
import type { StreamDefinition } from './definition.js';
import type { StreamMessage } from './entry/decode-entry.js';
import { type DraftOptions, type EncodedDraft, encodeDraft } from './entry/encode-draft.js';
import { checkId, idBefore, type Position } from './entry/position.js';
import { countLimit, type GroupStats, statsOf } from './group-stats.js';
import { keysOfStream } from './keys.js';
import type { ResolvedStreamsOptions } from './options.js';
import { open, walkRange } from './reading/range.js';
import type { RangeOptions, TailOptions } from './reading/read-options.js';
import { followLog } from './reading/tail.js';
import { resolveSchedule, type ScheduleOptions } from './scheduling/schedule-options.js';
import { type Scheduler, type SchedulerOptions, startScheduler } from './scheduling/scheduler.js';
import { type TrimReport, trimLog } from './trimming/trim.js';
import { resolveTrim, type TrimOptions } from './trimming/trim-options.js';
import { startTrimmer, type Trimmer, type TrimmerOptions } from './trimming/trimmer.js';

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
   * that ends with `sent: 'maybe'` may have appended; only with an `id` is it sent again, and stored once. With `durable` it
   * resolves when replicas or the append-only file have it, and rejects with `NotDurableError` when they do not in time.
   */
  append(draft: Draft<DraftContent>, options?: AppendOptions): Promise<Appended>;
  /** Appends in order, up to 200 in one round trip and one atomic act; validation of all comes before the first is sent. */
  appendMany(drafts: readonly Draft<DraftContent>[], options?: AppendOptions): Promise<readonly Appended[]>;
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
   * Moves a group, all its members, to another place: back to handle entries again, or forward to leave some out. What is
   * pending stays with its owners. Rejects with the server's error when there is no such group.
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
   * waits outside the log, so no lease and no retry counts against it. One of this id that is scheduled stays as it is
   * (`duplicate`).
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

const appendedAtOnce = 200;
const traceAppend = defineTrace('streams.append');

/** Makes the handle of a stream. */
export function createStream(
  driver: Driver,
  definition: StreamDefinition<never, unknown>,
  options: ResolvedStreamsOptions,
  host: StreamHost,
): Stream<{ readonly data: unknown }, { readonly data: unknown }> {
  const keys = keysOfStream(options.namespace, definition.name);
  const { name } = definition;
  const context = (messages: number) => () => ({ stream: name, messages });

  async function appendAll(
    drafts: readonly Draft<{ readonly data: unknown }>[],
    call: AppendOptions | undefined,
  ): Promise<readonly Appended[]> {
    if (!Array.isArray(drafts)) throw new InvalidArgumentError('messages', 'must be an array', drafts);
    const durability = resolveDurability(call);
    const encoded = await Promise.all(drafts.map((draft) => encodeDraft(definition, draft)));
    const appended: Appended[] = [];
    for (let from = 0; from < encoded.length; from += appendedAtOnce) {
      const some = encoded.slice(from, from + appendedAtOnce);
      // The server waits for an offset of its log, and what was written before lies before it: the last act stands for all.
      const last = from + appendedAtOnce >= encoded.length;
      appended.push(...(await appendSome(some, last ? durability : undefined, call)));
    }
    return appended;
  }

  function appendSome(
    some: readonly EncodedDraft[],
    durability: Durability | undefined,
    call: CallOptions | undefined,
  ): Promise<readonly Appended[]> {
    const how = options.call(callWithin(call));
    if (durability === undefined) return driver.send(appendInOrder(keys, definition, some), how);
    const append = appendInOrder(keys, definition, some, true);
    return appendDurably(driver, host.lanes, append, durability, how);
  }

  async function appendOne(
    draft: Draft<{ readonly data: unknown }>,
    call: AppendOptions | undefined,
  ): Promise<Appended> {
    const durability = resolveDurability(call);
    const encoded = await encodeDraft(definition, draft);
    const plain = durability === undefined ? appendPlainly(keys, definition, encoded) : undefined;
    if (plain !== undefined) return driver.send(plain, options.call(call));
    const [appended] = await appendSome([encoded], durability, call);
    return appended as Appended;
  }

  return {
    name,
    hashTag: /\{[^}]+\}/.exec(keys.log)?.[0] ?? '',
    append: (draft, call) => traceAppend(context(1), () => appendOne(draft, call)),
    appendMany: (drafts, call) => traceAppend(context(drafts.length), () => appendAll(drafts, call)),
    async read(id, call) {
      const exact = checkId(id, 'id');
      const [entry] = await driver.send(rangeOf(keys.log, exact, exact, 1, false), options.call(call));
      return entry === undefined ? null : ((await open(definition, entry, undefined)) ?? null);
    },
    range: (range = {}) => walkRange(driver, definition, keys.log, range, options.call(callWithin(range))),
    tail: (tail = {}) => followLog(driver, definition, keys, tail),
    consume(
      group: string,
      handler: (given: never) => unknown,
      given: ConsumerOptions & { readonly batch?: number } = {},
    ) {
      checkName('group', group);
      if (typeof handler !== 'function')
        throw new InvalidArgumentError('handler', 'must be a function', handler);
      const resolved = resolveConsumerOptions(given);
      const handle = handler as (given: unknown) => unknown;
      const work: Work = resolved.batch === undefined ? ([message]) => handle(message) : handle;
      const consumer = startConsumer({
        driver,
        definition,
        keys: keys.group(group),
        group,
        options: resolved,
        work,
        ended: host.ended,
      });
      host.started(consumer);
      return consumer;
    },
    async stats(group, call) {
      checkName('group', group);
      return statsOf(
        group,
        await driver.send(groupFigures(keys.group(group), group, countLimit), options.call(call)),
      );
    },
    async seek(group, position, call) {
      checkName('group', group);
      const afterId = idBefore(position, 'position');
      await driver.send(seekGroup(keys.group(group), group, afterId), options.call(call));
    },
    deadLetters(group) {
      checkName('group', group);
      return createDeadLetters(driver, definition, keys.group(group), group, options.call);
    },
    async trim(trim) {
      return trimLog(driver, keys, resolveTrim(trim), options.call(callWithin(trim)));
    },
    startTrimmer(trimmer) {
      const resolved = resolveTrim(trimmer);
      const call = options.call(callWithin(trimmer));
      const started = startTrimmer(
        driver.clock,
        trimmer,
        () => trimLog(driver, keys, resolved, call),
        host.ended,
      );
      host.started(started);
      return started;
    },
    async schedule(draft, when) {
      const due = resolveSchedule(when, driver.clock.now());
      const id = when.id ?? Buffer.from(driver.random.bytes(12)).toString('base64url');
      const { fields } = await encodeDraft(definition, draft);
      const call = options.call(callWithin(when));
      const { scheduled, atMs } = await driver.send(
        scheduleMessage(keys, checkName('id', id), due, fields),
        call,
      );
      return { id, atMs, duplicate: !scheduled };
    },
    cancel: async (id, call) => driver.send(cancelScheduled(keys, checkName('id', id)), options.call(call)),
    async promote(id, call) {
      const { maxLength } = definition.retention;
      const now = promoteDue(keys, 1, maxLength, checkName('id', id));
      return (await driver.send(now, options.call(call))).appended > 0;
    },
    startScheduler(how = {}) {
      const { maxLength } = definition.retention;
      const started = startScheduler(driver, keys, maxLength, how, host.ended);
      host.started(started);
      return started;
    },
    aside: (range = {}) => walkRange(driver, definition, keys.aside, range, options.call(callWithin(range))),
  };
}
