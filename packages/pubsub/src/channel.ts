import type { Counters } from './counters.js';
import type { ChannelDefinition, Delivery } from './definition.js';
import type { HubView } from './hub/hub-registry.js';
import type { EventIterator } from './listener/event-iterator.js';
import type { Listener, MessageListener } from './listener/listener.js';
import type { PublishOptions, SubscribeOptions } from './options.js';
import type { Receipt } from './receipt.js';
import type { Subscription } from './subscription.js';
import type { ParametersOf } from './template/template-types.js';

/** What is going on with the channels of one definition, here. */
export interface ChannelStats extends Readonly<Counters> {
  readonly template: string;
  readonly delivery: Delivery;
  /** What is listened to, with how many listeners, where it stands, and its last gap. */
  readonly live: readonly HubView[];
}

/** The channels of one definition: one for each set of parameters. */
export interface Channel<T extends string, In, Out, D extends Delivery> {
  readonly definition: ChannelDefinition<T, In, Out, D>;
  /**
   * Publishes one message. Resolves after the server took it. Never sent twice: when the connection breaks in the middle it
   * rejects with `sent: 'maybe'`. Rejects with `SchemaError`, `CodecError` or `InvalidArgumentError` before anything is sent.
   */
  publish(params: ParametersOf<T>, message: In, options?: PublishOptions): Promise<Receipt<D>>;
  /**
   * Listens to one channel. Resolves after the server's acknowledgement: whatever is published from then on is delivered, or
   * a gap says where something is missing. Every listener has its own queue; the server sees one subscription a channel.
   */
  subscribe(
    params: ParametersOf<T>,
    listener: MessageListener<Out, ParametersOf<T>> | Listener<Out, ParametersOf<T>>,
    options?: SubscribeOptions<Out, ParametersOf<T>>,
  ): Promise<Subscription>;
  /** The same as an iterator of messages and gaps, which subscribes when it is first read. */
  events(
    params: ParametersOf<T>,
    options?: SubscribeOptions<Out, ParametersOf<T>>,
  ): EventIterator<Out, ParametersOf<T>>;
  /**
   * Listens to all channels whose parameters fit; those left out fit always. Messages carry the parameters of their channel.
   * Live only: nothing is retained or recovered for a pattern, gaps say so. Throws `UnsupportedError` for sharded channels.
   */
  subscribePattern(
    params: Partial<ParametersOf<T>>,
    listener: MessageListener<Out, ParametersOf<T>> | Listener<Out, ParametersOf<T>>,
    options?: SubscribeOptions<Out, ParametersOf<T>>,
  ): Promise<Subscription>;
  /** A pattern subscription as an iterator. */
  patternEvents(
    params: Partial<ParametersOf<T>>,
    options?: SubscribeOptions<Out, ParametersOf<T>>,
  ): EventIterator<Out, ParametersOf<T>>;
  stats(): ChannelStats;
}
