import { ClosedError, createLanePool, type Driver } from '@penknife/core';
import type { Consumer } from './consumer/consumer.js';
import type { PartitionedDefinition, StreamDefinition } from './definition.js';
import { resolveStreamsOptions, type StreamsOptions } from './options.js';
import { createPartitionedStream, type PartitionedStream } from './partitions/partitioned-stream.js';
import { createStream, type Running, type Stream, type StreamHost } from './stream.js';

/** The door to streams on one driver. */
export interface Streams {
  /** The handle of a stream. Connects nothing by itself; may be called as often as you like. */
  open<Draft, Content>(definition: PartitionedDefinition<Draft, Content>): PartitionedStream<Draft, Content>;
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
  const resolved = resolveStreamsOptions(options);
  const running = new Set<Running>();
  const lanes = createLanePool(driver, { limit: confirmingLanes });
  let closed = false;
  const streams: Streams = {
    open<Draft, Content>(definition: StreamDefinition<Draft, Content>) {
      const host: StreamHost = {
        lanes,
        started(one) {
          running.add(one);
        },
        ended(one) {
          running.delete(one);
        },
      };
      const unchecked = definition as StreamDefinition<never, unknown>;
      const stream = isPartitioned(unchecked)
        ? createPartitionedStream(driver, unchecked, resolved, host)
        : createStream(driver, unchecked, resolved, host);
      const consume = stream.consume as (...given: unknown[]) => Consumer;
      const open = {
        ...stream,
        consume(...given: unknown[]): Consumer {
          if (closed) throw new ClosedError('streams handle');
          return consume(...given);
        },
      };
      // The definition's schemas stand for these types: they check every message on its way in and out.
      return open as unknown as Stream<Draft, Content> & PartitionedStream<Draft, Content>;
    },
    async close(how) {
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

function isPartitioned(
  definition: StreamDefinition<never, unknown>,
): definition is PartitionedDefinition<never, unknown> {
  return definition.partitions !== undefined;
}
