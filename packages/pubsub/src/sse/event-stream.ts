import {
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  reportListenerError,
  type Timer,
} from '@penknife/core';
import type { ChannelDefinition, Delivery } from '../definition.js';
import { type ChannelEvent, openGap } from '../event.js';
import type { EventIterator } from '../listener/event-iterator.js';
import type { ListenerOverflow } from '../listener/waiting-line.js';
import { nowhereAt, type Position, readPosition } from '../position.js';
import { type PubSub, partsOf } from '../pub-sub.js';
import { type AnyParameters, channelOf } from '../template/template.js';
import type { ParametersOf } from '../template/template-types.js';
import { eventText, gapText, heartbeatText, openingText } from './event-text.js';

/** What is needed of a request: a `Request`, or what Fastify and Node have. */
export interface EventStreamRequest {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** `HEAD` gets the headers alone: frameworks hand it to what answers `GET`, and nobody would ever end its subscription. */
  readonly method?: string | undefined;
  /** Fires when the client is gone. Without it the end is seen when the body is cancelled. */
  readonly signal?: AbortSignal;
}

/** How a channel is streamed. */
export interface EventStreamOptions<Out> {
  /** The data of a message. Default: its JSON. */
  readonly encode?: (message: Out) => string;
  /** Where a client begins that has seen nothing, on `log` channels: `'oldest'`, or `'now'`. Default `'now'`. */
  readonly from?: 'oldest' | 'now';
  /** How often a quiet connection is kept open. Default `'15s'`. */
  readonly heartbeat?: Duration;
  /** How long a client waits before it comes back, which it is told. Default: its own habit. */
  readonly retry?: Duration;
  /** How many events may wait for a slow client. Default 1000. */
  readonly queueLimit?: number;
  /** What happens when more do. Default `'close'`: it comes back, and reads on from where it was. */
  readonly overflow?: Exclude<ListenerOverflow, 'latest-per-key'>;
}

/** Answers requests with the events of channels of one definition. */
export interface EventStream<T extends string> {
  /**
   * The answer to one request, once the subscription is live. `Last-Event-ID` is the position of the last event that the
   * client has seen: on a `log` it reads on from there; what cannot be read any more is an event `gap`. An id that is none
   * of ours counts as none. The subscription ends with the body.
   */
  respond(request: EventStreamRequest, params: ParametersOf<T>): Promise<Response>;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Proxies that collect answers before they pass them on would hold events back.
  'x-accel-buffering': 'no',
} as const;

/**
 * Server-sent events of a channel: `event: message` with the message, `event: gap` with what is missing, `id` with the
 * position where there is one. Made of `Request` and `Response` alone, so it runs wherever they do.
 *
 * ```ts
 * const stream = createEventStream(pubsub, roomMessage);
 * app.get('/rooms/:room', (c) => stream.respond(c.req.raw, { room: c.req.param('room') })); // Hono
 * app.get('/rooms/:room', (request, reply) => stream.respond(request, request.params));    // Fastify
 * ```
 */
export function createEventStream<T extends string, In, Out, D extends Delivery>(
  pubsub: PubSub,
  definition: ChannelDefinition<T, In, Out, D>,
  options: EventStreamOptions<Out> = {},
): EventStream<T> {
  checkObject('options', options);
  const { encode = JSON.stringify, from = 'now', heartbeat = '15s', retry, overflow = 'close' } = options;
  const { clock } = partsOf(pubsub).driver;
  const heartbeatMs = durationMs(heartbeat, 'heartbeat', { minMs: 100 });
  const retryMs = retry === undefined ? undefined : durationMs(retry, 'retry', { minMs: 1 });
  if (from !== 'oldest' && from !== 'now') {
    throw new InvalidArgumentError('from', "must be 'oldest' or 'now'", from);
  }
  if (typeof encode !== 'function') throw new InvalidArgumentError('encode', 'must be a function', encode);
  const channel = pubsub.channel(definition);
  const { queueLimit } = options;

  function textOf(event: ChannelEvent<Out>): string {
    if (event.type === 'gap') return gapText(event);
    const { message, position } = event;
    try {
      return eventText('message', encode(message), position);
    } catch (error) {
      // Told with its position: whoever comes back has heard of it, and does not meet it again.
      reportListenerError(error);
      const span = { from: undefined, to: position, missed: 1 };
      return gapText(openGap('undecodable', 'undecodable', 'encode refused a message', span));
    }
  }

  function body(events: EventIterator<Out, ParametersOf<T>>, opening: string): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let timer: Timer | undefined;
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const beat = (): void => {
      timer = clock.timer(heartbeatMs, () => {
        // Whoever does not read what is there needs no more of it.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(heartbeatText));
        beat();
      });
    };
    return new ReadableStream<Uint8Array>({
      start(started) {
        controller = started;
        controller.enqueue(encoder.encode(opening));
        beat();
      },
      async pull() {
        try {
          const next = await events.next();
          if (next.done === true) {
            timer?.cancel();
            controller.close();
          } else controller.enqueue(encoder.encode(textOf(next.value)));
        } catch {
          // Too slow, gone, or the pub/sub was closed: the stream ends, and a client comes back by itself.
          timer?.cancel();
          await events.return();
          controller.close();
        }
      },
      async cancel() {
        timer?.cancel();
        await events.return();
      },
    });
  }

  return {
    async respond(request, params) {
      checkObject('request', request);
      checkObject('request.headers', request.headers);
      if (request.method === 'HEAD') {
        // A parameter that is wrong is refused here as there.
        channelOf(definition.template, params as AnyParameters);
        return new Response(null, { headers });
      }
      const seen = definition.delivery === 'log' ? lastEventOf(request.headers) : undefined;
      const since = seen ?? (definition.delivery === 'log' && from === 'oldest' ? 'oldest' : undefined);
      const events = channel.events(params, {
        overflow,
        ...(queueLimit !== undefined && { queueLimit }),
        ...(since !== undefined && { since }),
        ...(request.signal && { signal: request.signal }),
      });
      const { position } = await events.open();
      const isLog = definition.delivery === 'log';
      return new Response(
        body(events, openingText(retryMs, isLog ? (position ?? nowhereAt(clock.now())) : undefined)),
        {
          headers,
        },
      );
    },
  };
}

function lastEventOf(given: EventStreamRequest['headers']): Position | undefined {
  const value = given instanceof Headers ? given.get('last-event-id') : given['last-event-id'];
  return typeof value === 'string' ? readPosition(value) : undefined;
}
