import {
  AbortedError,
  ClosedError,
  callWithin,
  checkCall,
  reportListenerError,
  UnsupportedError,
} from '@penknife/core';
import type { Channel } from './channel.js';
import { createCounters } from './counters.js';
import type { AnyDefinition } from './definition.js';
import { createDecoder } from './frame/decoder.js';
import { createHubs } from './hub/create-hubs.js';
import { HubRegistry } from './hub/hub-registry.js';
import { createEventIterator } from './listener/event-iterator.js';
import { listenerConsumer } from './listener/listener.js';
import { type Consumer, Outbox } from './listener/outbox.js';
import { within } from './listener/within.js';
import { resolveSubscribeOptions, type SubscribeOptions } from './options.js';
import { placesOf } from './places.js';
import { createPublisher } from './publisher.js';
import type { SharedParts } from './shared-parts.js';
import { createSubscription, type Subscription } from './subscription.js';
import { type AnyParameters, channelOf, globOf } from './template/template.js';

/** A channel that its maker closes. */
export interface OwnedChannel extends Channel<string, never, unknown, 'fire' | 'latest' | 'log'> {
  close(): Promise<void>;
}

/** Makes the handle of one definition. */
export function createChannel(definition: AnyDefinition, shared: SharedParts): OwnedChannel {
  const { driver, names, origin, options } = shared;
  const { template, delivery, sharded } = definition;
  const places = placesOf(names, definition);
  const counters = createCounters();
  const decode = createDecoder(definition, origin.name, counters);
  const hubs = createHubs({ ...shared, definition, counters, decode });
  const channels = new HubRegistry<unknown>(driver, shared.probes);
  const patterns = new HubRegistry<unknown>(driver, shared.probes);
  const publish = createPublisher({
    driver,
    definition: definition,
    names,
    origin,
    counters,
    deadlineMs: options.deadlineMs,
    refuseClosed: shared.refuseClosed,
  });

  async function listen(
    where: { readonly pattern: boolean; readonly params: AnyParameters },
    consumer: Consumer<unknown>,
    subscribeOptions: SubscribeOptions<unknown, AnyParameters>,
  ): Promise<Subscription> {
    shared.refuseClosed();
    const { pattern, params } = where;
    if (pattern && sharded) {
      throw new UnsupportedError(
        `${template.text} is sharded, and servers match patterns on classic channels only: define it without \`sharded\``,
      );
    }
    const name = pattern ? globOf(template, params) : channelOf(template, params);
    const resolved = resolveSubscribeOptions(subscribeOptions, { log: delivery === 'log' && !pattern });
    const { signal } = subscribeOptions;
    if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
    const outbox = new Outbox<unknown>(consumer, resolved.outbox, counters);
    const registry = pattern ? patterns : channels;
    const channel = pattern ? names.channel(name) : places.channel(name);

    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      signal?.removeEventListener('abort', leave);
      closed ??= registry.leave(channel, outbox);
      return closed;
    };
    const leave = (): void => {
      close().catch(reportListenerError);
    };
    outbox.onEnd = leave;
    const live = registry.join(
      pattern ? 'pattern' : sharded ? 'shard' : 'channel',
      channel,
      () => (pattern ? hubs.pattern() : hubs.channel(name, params)),
      outbox,
      resolved.since,
    );
    await within(driver.clock, callWithin(subscribeOptions, options.deadlineMs) ?? {}, live, leave);
    // Between the acknowledgement and here nobody listens to the signal.
    if (signal?.aborted) {
      leave();
      throw new AbortedError(signal.reason, 'maybe');
    }
    if (outbox.closed) throw new ClosedError('subscription', 'maybe');
    signal?.addEventListener('abort', leave, { once: true });
    return createSubscription(name, outbox, close);
  }

  const events =
    (pattern: boolean) =>
    (params: AnyParameters, subscribeOptions: SubscribeOptions<unknown, AnyParameters> = {}) => {
      checkCall(subscribeOptions);
      return createEventIterator<unknown, AnyParameters>(
        (consumer) => listen({ pattern, params }, consumer, subscribeOptions),
        subscribeOptions.signal,
      );
    };

  return {
    definition: definition as OwnedChannel['definition'],
    publish: publish as OwnedChannel['publish'],
    subscribe: async (params, listener, subscribeOptions = {}) =>
      listen({ pattern: false, params }, listenerConsumer(listener), subscribeOptions),
    subscribePattern: async (params, listener, subscribeOptions = {}) =>
      listen(
        { pattern: true, params: params as AnyParameters },
        listenerConsumer(listener),
        subscribeOptions,
      ),
    events: events(false),
    patternEvents: events(true),
    stats: () => ({
      template: template.text,
      delivery,
      ...counters,
      live: [...channels.views(), ...patterns.views()],
    }),
    async close() {
      await Promise.all([channels.close(), patterns.close()]);
    },
  };
}
