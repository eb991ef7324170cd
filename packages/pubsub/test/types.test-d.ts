import type { IncomingMessage } from 'node:http';
import { bytesCodec, type StandardSchema } from '@penknife/core';
import { describe, expectTypeOf, it } from 'vitest';
import type { ChannelMessage, LatestReceipt, LogReceipt, ParametersOf, PubSub } from '../src/index.js';
import { defineChannel } from '../src/index.js';
import type { EventStreamRequest } from '../src/sse.js';

declare const pubsub: PubSub;
declare const schema: StandardSchema<{ at: string }, { at: Date }>;

const messages = pubsub.channel(defineChannel('room:{room}:user:{user}', { schema, delivery: 'log' }));

describe('channel types', () => {
  it('parameters come from the template', () => {
    expectTypeOf(messages.publish)
      .parameter(0)
      .toEqualTypeOf<{ readonly room: string; readonly user: string }>();
    expectTypeOf<keyof ParametersOf<'plain'>>().toBeNever();
    // @ts-expect-error user is missing
    void messages.subscribe({ room: 'a' }, () => undefined);
    void messages.subscribePattern({ room: 'a' }, (_, event) => {
      expectTypeOf(event.params.user).toEqualTypeOf<string>();
    });
  });

  it('what goes in and what comes out are the schema’s two sides', () => {
    expectTypeOf(messages.publish).parameter(1).toEqualTypeOf<{ at: string }>();
    void messages.subscribe({ room: 'a', user: 'b' }, (message, event) => {
      expectTypeOf(message).toEqualTypeOf<{ at: Date }>();
      expectTypeOf(event).toExtend<ChannelMessage<{ at: Date }>>();
    });
    const bytes = pubsub.channel(defineChannel('bytes', { codec: bytesCodec }));
    expectTypeOf(bytes.publish).parameter(1).toEqualTypeOf<Uint8Array>();
  });

  it('receipts go by the delivery', () => {
    expectTypeOf(messages.publish).returns.resolves.toEqualTypeOf<LogReceipt>();
    const latest = pubsub.channel(defineChannel('a', { delivery: 'latest' }));
    expectTypeOf(latest.publish).returns.resolves.toEqualTypeOf<LatestReceipt>();
    const fire = pubsub.channel(defineChannel('a'));
    expectTypeOf(fire.publish).returns.resolves.not.toHaveProperty('position');
  });

  it('an event stream takes the requests of the platform and of Node', () => {
    expectTypeOf<Request>().toExtend<EventStreamRequest>();
    expectTypeOf<IncomingMessage>().toExtend<EventStreamRequest>();
  });
});
