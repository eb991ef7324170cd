import { type CallOptions, checkObject, type Driver, InvalidArgumentError, sentOf } from '@penknife/core';
import type { AppendOptions } from '../appending/durability.js';
import type { Appended } from '../commands/append.js';
import { shapeOf } from '../commands/partition.js';
import { Ladder } from '../consumer/capabilities.js';
import { type ConsumerOptions, checkConsume, resolveConsumerOptions } from '../consumer/consumer-options.js';
import type { ReceivedMessage } from '../consumer/received-message.js';
import { createStream, type OpenedStream } from '../create-stream.js';
import type { PartitionedDefinition } from '../definition.js';
import { type DraftOptions, type EncodedDraft, encodeDraft } from '../entry/encode-draft.js';
import type { Position } from '../entry/position.js';
import { NotDurableError, PartlyAppendedError } from '../errors.js';
import { addStats, type GroupStats } from '../group-stats.js';
import { keysOfStream } from '../keys.js';
import type { ResolvedStreamsOptions } from '../options.js';
import type { Draft, Stream, StreamHost } from '../stream.js';
import { partitionOf } from './partition-of.js';
import { type PartitionedConsumer, startPartitionedConsumer } from './partitioned-consumer.js';

/** What became of a message: where it is. */
export interface AppendedToPartition extends Appended {
  readonly partition: number;
}

/** An open stream that is split into partitions, each a log of its own: entry ids count within their partition only. */
export interface PartitionedStream<DraftContent, Content> {
  readonly name: string;
  readonly partitions: number;
  /** The partition of a key. */
  partitionOf(key: string): number;
  /** One partition, as a stream of its own: to read, to trim, to schedule, for its dead letters. */
  partition(index: number): Stream<DraftContent, Content>;
  /** As `Stream.append`, into the partition of the key; without a key of the id; without both into one after the other. */
  append(draft: Draft<DraftContent>, options?: AppendOptions): Promise<AppendedToPartition>;
  /** As `Stream.appendMany`; in order within a partition, and atomic for 200 of one partition, not over several. */
  appendMany(
    drafts: readonly Draft<DraftContent>[],
    options?: AppendOptions,
  ): Promise<readonly AppendedToPartition[]>;
  /**
   * Consumes in order per key (`order: 'key'` goes without saying), all members of the group side by side: each has its
   * fair share of the partitions. `concurrency` counts over all partitions of this consumer, `prefetch` for each.
   */
  consume(
    group: string,
    handler: (message: ReceivedMessage<Content>) => unknown,
    options?: ConsumerOptions & { readonly batch?: never },
  ): PartitionedConsumer;
  /** All partitions together; the oldest of all counts. Rejects with the server's NOGROUP where there is no such group. */
  stats(group: string, options?: CallOptions): Promise<GroupStats>;
  /** Moves the group in every partition. Not to an id: each partition has its own. */
  seek(
    group: string,
    position: Exclude<Position, { readonly id: string }>,
    options?: CallOptions,
  ): Promise<void>;
}

/** Makes the handle of a partitioned stream. */
export function createPartitionedStream(
  driver: Driver,
  definition: PartitionedDefinition<never, unknown>,
  options: ResolvedStreamsOptions,
  host: StreamHost,
): PartitionedStream<{ readonly data: unknown }, { readonly data: unknown }> {
  const { name, partitions } = definition;
  const keys = keysOfStream(options.namespace, name);
  const names = Array.from({ length: partitions }, (_, i) => `${name}@${i}`);
  const parts = names.map((of) => createStream(driver, { ...definition, name: of }, options, host));
  let next = 0;
  let shape: Promise<void> | undefined;

  /** The number of partitions is the same for everybody: with another one, keys would go elsewhere. Asked once. */
  function checkShape(): Promise<void> {
    shape ??= driver.send(shapeOf(keys.shape, partitions)).then((found) => {
      if (found === partitions) return;
      throw new InvalidArgumentError('partitions', `must be ${found}, as the stream ${name} has`, partitions);
    });
    const asked = shape;
    return asked.catch((error: unknown) => {
      if (shape === asked) shape = undefined;
      throw error;
    });
  }

  function place(draft: DraftOptions): number {
    checkObject('message', draft);
    const { key, id } = draft;
    const by = key ?? id;
    if (typeof by === 'string') return partitionOf(by, partitions);
    next = (next + 1) % partitions;
    return next;
  }

  function part(index: number): OpenedStream {
    const found = parts[index];
    if (found !== undefined) return found;
    throw new InvalidArgumentError('partition', `must be a whole number from 0 to ${partitions - 1}`, index);
  }

  return {
    name,
    partitions,
    partitionOf(key) {
      if (typeof key !== 'string') throw new InvalidArgumentError('key', 'must be a string', key);
      return partitionOf(key, partitions);
    },
    partition: part,
    async append(draft, call) {
      // Nothing is sent before it is known to be right.
      if (shape === undefined) await encodeDraft(definition, draft);
      await checkShape();
      const partition = place(draft);
      return { ...(await part(partition).append(draft, call)), partition };
    },
    async appendMany(drafts, call) {
      if (!Array.isArray(drafts)) throw new InvalidArgumentError('messages', 'must be an array', drafts);
      // Nothing is sent before every draft is known to be right, to whichever partition it goes.
      const encoded = await Promise.all(drafts.map((draft) => encodeDraft(definition, draft)));
      await checkShape();
      const places = drafts.map((draft: DraftOptions) => place(draft));
      const result: (AppendedToPartition | undefined)[] = drafts.map(() => undefined);
      const outcomes = await Promise.allSettled(
        [...new Set(places)].map(async (partition) => {
          const own = [...places.keys()].filter((i) => places[i] === partition);
          const there = (appended: readonly (Appended | undefined)[]): void =>
            own.forEach((i, at) => {
              const one = appended[at];
              if (one !== undefined) result[i] = { ...one, partition };
            });
          const some = own.map((i) => encoded[i] as EncodedDraft);
          try {
            there(await part(partition).appendEncoded(some, call));
          } catch (error) {
            if (error instanceof PartlyAppendedError || error instanceof NotDurableError)
              there(error.appended);
            throw error;
          }
        }),
      );
      const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      if (errors.length === 0) return result as AppendedToPartition[];
      const unconfirmed = errors.filter((one) => one instanceof NotDurableError);
      // Nothing is left to append: what is missing is the confirmation.
      if (unconfirmed.length === errors.length && unconfirmed[0] !== undefined)
        throw unconfirmed[0].together(result as AppendedToPartition[], unconfirmed);
      // What may have run is the graver news.
      const error = errors.find((one) => sentOf(one) === 'maybe') ?? errors[0];
      throw result.every((one) => one === undefined) || outcomes.length === 1
        ? error
        : new PartlyAppendedError(result, error);
    },
    consume(group, handler, given = {}) {
      checkConsume(group, handler);
      host.refuseClosed();
      checkObject('options', given);
      if (given.order === 'none') {
        throw new InvalidArgumentError(
          'order',
          "must be 'key' or absent on a partitioned stream",
          given.order,
        );
      }
      const consumer = startPartitionedConsumer({
        driver,
        definition,
        keys: keys.group(group),
        group,
        partitions: names.map((of) => keysOfStream(options.namespace, of).group(group)),
        options: resolveConsumerOptions({ ...given, order: 'key' }),
        work: ([message]) => handler(message as never),
        checkShape,
        telemetry: options.telemetry,
        ladder: new Ladder(options.repeatAppends, definition),
        ended: host.ended,
      });
      host.started(consumer);
      return consumer;
    },
    async stats(group, call) {
      return addStats(await Promise.all(parts.map((one) => one.stats(group, call))));
    },
    async seek(group, position, call) {
      if (typeof position === 'object' && position !== null && 'id' in position) {
        throw new InvalidArgumentError('position', 'must be no id: each partition has its own', position);
      }
      await Promise.all(parts.map((one) => one.seek(group, position, call)));
    },
  };
}
