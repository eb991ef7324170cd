import {
  type Codec,
  checkCodec,
  checkObject,
  checkSchema,
  type Duration,
  durationMs,
  jsonCodec,
  type StandardSchema,
} from '@penknife/core';
import { type ChannelDefinition, defineChannel } from '../definition.js';
import { type AnswerEnvelope, answerCodec, type RequestEnvelope, requestCodec } from './envelopes.js';

/** What requests or answers look like: a codec (default JSON), a synchronous Standard Schema, or both. */
export interface MessageShape<M> {
  readonly codec?: Codec<M>;
  readonly schema?: StandardSchema<unknown, M>;
}

/** What a kind of request may say. */
export interface RequestOptions<Q, A> {
  readonly request?: MessageShape<Q>;
  readonly answer?: MessageShape<A>;
  /** How long a responder that is gone without a word is still expected to answer. Default `'10s'`, at least 100 ms. */
  readonly lease?: Duration;
  /** Sharded pub/sub, for requests and answers. Default false. */
  readonly sharded?: boolean;
}

/** A kind of request as a value. Holds no connection; `createRequests(pubsub, definition)` gives the handle. */
export interface RequestDefinition<T extends string = string, Q = unknown, A = unknown> {
  /** The channel that requests travel on. */
  readonly requests: ChannelDefinition<T, RequestEnvelope, RequestEnvelope, 'fire'>;
  /** The channel that answers travel on: one for each asker. */
  readonly answers: ChannelDefinition<'answers:{inbox}', AnswerEnvelope, AnswerEnvelope, 'fire'>;
  readonly request: Required<Pick<MessageShape<Q>, 'codec'>> & MessageShape<Q>;
  readonly answer: Required<Pick<MessageShape<A>, 'codec'>> & MessageShape<A>;
  readonly leaseMs: number;
}

/**
 * Defines requests, such as `'game:{game}:ready'`: whoever responds on a set of parameters is asked, and answers. A template
 * that names a channel or a state must not name requests too. Throws `InvalidArgumentError`.
 *
 * ```ts
 * const ready = defineRequest('game:{game}:ready', { answer: { schema: readySchema } });
 * ```
 */
export function defineRequest<const T extends string, Q = unknown, A = unknown>(
  template: T,
  options: RequestOptions<Q, A> = {},
): RequestDefinition<T, Q, A> {
  checkObject('options', options);
  const { lease = '10s', sharded = false } = options;
  return {
    requests: defineChannel(template, { codec: requestCodec, sharded }),
    answers: defineChannel('answers:{inbox}', { codec: answerCodec, sharded }),
    request: shape('request', options.request),
    answer: shape('answer', options.answer),
    leaseMs: durationMs(lease, 'lease', { minMs: 100 }),
  };
}

function shape<M>(
  name: string,
  given: MessageShape<M> = {},
): Required<Pick<MessageShape<M>, 'codec'>> & MessageShape<M> {
  checkObject(name, given);
  const { codec = jsonCodec as Codec<M>, schema } = given;
  checkCodec(`${name}.codec`, codec);
  return schema === undefined ? { codec } : { codec, schema: checkSchema(`${name}.schema`, schema) };
}
