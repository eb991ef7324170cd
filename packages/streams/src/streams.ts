import { ClosedError, checkDriver, createLanePool, type Driver } from '@penknife/core';
import { checkClose, checkDefinition } from './arguments.js';
import { createStream } from './create-stream.js';
import type { LanedDefinition, PartitionedDefinition, StreamDefinition } from './definition.js';
import { createLanedStream, type LanedStream } from './lanes/laned-stream.js';
import { resolveStreamsOptions, type StreamsOptions } from './options.js';
import { createPartitionedStream, type PartitionedStream } from './partitions/partitioned-stream.js';
import type { Running, Stream, StreamHost } from './stream.js';

/** The door to streams on one driver. */
export interface Streams {
  /** The handle of a stream. Connects nothing by itself; may be called as often as you like. */
  open<Draft, Content>(definition: PartitionedDefinition<Draft, Content>): PartitionedStream<Draft, Content>;
  open<Draft, Content, Lane extends string>(
    definition: LanedDefinition<Draft, Content, Lane>,
  ): LanedStream<Draft, Content, Lane>;
  open<Draft, Content>(definition: StreamDefinition<Draft, Content>): Stream<Draft, Content>;
  /** Closes every consumer and trimmer that was started here, all at once. Repeatable. The driver stays open. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Connections for appends that wait for their confirmation, at most. */
const confirmingLanes = 4;

/**
 * Opens streams on a driver. Readers and consumers of one driver share one blocking connection (one for each slot in use
 * on a cluster), opened with the first of them and closed with the last.
 *
 * ```ts
 * const streams = createStreams(driver);
 * const orders = streams.open(defineStream('orders', { schema, retention: { maxLength: 1_000_000 } }));
 * await orders.append({ data: { total: 12 } });
 * orders.consume('billing', async (message) => charge(message.data));
 * ```
 */
export function createStreams(driver: Driver, options: StreamsOptions = {}): Streams {
  checkDriver(driver);
  const resolved = resolveStreamsOptions(options);
  const running = new Set<Running>();
  const lanes = createLanePool(driver, { limit: confirmingLanes });
  let closed = false;
  function openAs(definition: StreamDefinition<never, unknown>, host: StreamHost) {
    const { partitions, lanes: priorities } = definition;
    if (partitions !== undefined)
      return createPartitionedStream(driver, { ...definition, partitions }, resolved, host);
    if (priorities !== undefined)
      return createLanedStream(driver, { ...definition, lanes: priorities }, resolved, host);
    return createStream(driver, definition, resolved, host);
  }

  const streams: Streams = {
    open<Draft, Content>(definition: StreamDefinition<Draft, Content>) {
      const host: StreamHost = {
        lanes,
        refuseClosed() {
          if (closed) throw new ClosedError('streams handle');
        },
        started(one) {
          running.add(one);
        },
        ended(one) {
          running.delete(one);
        },
      };
      checkDefinition(definition);
      const unchecked = definition as StreamDefinition<never, unknown>;
      // The definition's schemas stand for these types: they check every message on its way in and out.
      return openAs(unchecked, host) as never;
    },
    async close(how = {}) {
      checkClose(how);
      closed = true;
      await Promise.all([...running].map((one) => one.close(how)));
      await lanes.close();
    },
    async [Symbol.asyncDispose]() {
      await streams.close();
    },
  };
  return streams;
}
