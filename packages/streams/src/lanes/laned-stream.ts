import { type CallOptions, checkObject, type Driver, InvalidArgumentError } from '@penknife/core';
import type { AppendOptions } from '../appending/durability.js';
import type { Appended } from '../commands/append.js';
import { Ladder } from '../consumer/capabilities.js';
import type { Consumer } from '../consumer/consumer-handle.js';
import { type ConsumerOptions, checkConsume, resolveConsumerOptions } from '../consumer/consumer-options.js';
import type { ReceivedMessage } from '../consumer/received-message.js';
import { createStream } from '../create-stream.js';
import type { LanedDefinition } from '../definition.js';
import type { GroupStats } from '../group-stats.js';
import { keysOfStream } from '../keys.js';
import type { ResolvedStreamsOptions } from '../options.js';
import type { Draft, Stream, StreamHost } from '../stream.js';
import { startLanedConsumer } from './laned-consumer.js';

/** An open stream with lanes of priority, each a log of its own. */
export interface LanedStream<DraftContent, Content, LaneName extends string> {
  readonly name: string;
  /** Names of the lanes, in the order of the definition. */
  readonly lanes: readonly LaneName[];
  /** One lane, as a stream of its own: to read, to trim, to schedule, for its dead letters. */
  lane(name: LaneName): Stream<DraftContent, Content>;
  /** As `Stream.append`, into a lane. */
  append(lane: LaneName, draft: Draft<DraftContent>, options?: AppendOptions): Promise<Appended>;
  /** As `Stream.appendMany`, into a lane. */
  appendMany(
    lane: LaneName,
    drafts: readonly Draft<DraftContent>[],
    options?: AppendOptions,
  ): Promise<readonly Appended[]>;
  /**
   * Consumes all lanes. `concurrency` counts over all of them, `prefetch` for each. While every lane has something to do,
   * handlers are started by weight: with `{ high: 8, low: 1 }` eight of `high` for one of `low`. No handler is interrupted,
   * so a message of a high lane waits for the next that ends. Order, and `order: 'key'`, hold within a lane.
   */
  consume(
    group: string,
    handler: (message: ReceivedMessage<Content>) => unknown,
    options?: ConsumerOptions & { readonly batch?: never },
  ): Consumer;
  /** How far a group is, lane by lane. */
  stats(group: string, options?: CallOptions): Promise<ReadonlyMap<LaneName, GroupStats>>;
}

/** Makes the handle of a stream with lanes. */
export function createLanedStream(
  driver: Driver,
  definition: LanedDefinition<never, unknown, string>,
  options: ResolvedStreamsOptions,
  host: StreamHost,
): LanedStream<{ readonly data: unknown }, { readonly data: unknown }, string> {
  const { name, lanes } = definition;
  const nameOf = (lane: string): string => `${name}@${lane}`;
  const streams = new Map(
    [...lanes.keys()].map((lane) => [
      lane,
      createStream(driver, { ...definition, name: nameOf(lane) }, options, host),
    ]),
  );

  function laneOf(lane: string): Stream<{ readonly data: unknown }, { readonly data: unknown }> {
    const found = streams.get(lane);
    if (found !== undefined) return found;
    throw new InvalidArgumentError('lane', `must be one of ${[...lanes.keys()].join(', ')}`, lane);
  }

  return {
    name,
    lanes: [...lanes.keys()],
    lane: laneOf,
    append: async (lane, draft, call) => laneOf(lane).append(draft, call),
    appendMany: async (lane, drafts, call) => laneOf(lane).appendMany(drafts, call),
    consume(group, handler, given = {}) {
      checkConsume(group, handler);
      host.refuseClosed();
      checkObject('options', given);
      if ((given as { readonly batch?: number }).batch !== undefined) {
        throw new InvalidArgumentError('batch', 'must be absent on a stream with lanes', given);
      }
      const consumer = startLanedConsumer({
        driver,
        definition,
        group,
        lanes: [...lanes].map(([lane, weight]) => ({
          name: lane,
          weight,
          keys: keysOfStream(options.namespace, nameOf(lane)).group(group),
        })),
        options: resolveConsumerOptions(given),
        work: ([message]) => handler(message as never),
        telemetry: options.telemetry,
        ladder: new Ladder(options.repeatAppends, definition),
        ended: host.ended,
      });
      host.started(consumer);
      return consumer;
    },
    async stats(group, call) {
      const figures = [...streams].map(
        async ([lane, stream]) => [lane, await stream.stats(group, call)] as const,
      );
      return new Map(await Promise.all(figures));
    },
  };
}
