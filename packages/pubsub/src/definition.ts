import {
  type Codec,
  checkCodec,
  checkObject,
  checkSchema,
  type Duration,
  durationMs,
  InvalidArgumentError,
  jsonCodec,
  type StandardSchema,
} from '@penknife/core';
import { parseTemplate, type Template } from './template/template.js';

/** What a schema takes. */
export type InputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];
/** What a schema gives. */
export type OutputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

/**
 * What a channel promises, and costs. `fire`: a plain PUBLISH; who does not listen misses it. `latest`: the last value is
 * retained, and delivered on subscribing. `log`: a bounded history from which misses are recovered. The last two store and
 * publish in one script.
 */
export type Delivery = 'fire' | 'latest' | 'log';

/** How much of a `log` channel is kept to recover from. */
export interface History {
  /** How many messages, and at most a hundredth more. Default 1000. */
  readonly size?: number;
  /** For how long after the last publish. Default `'1h'`. */
  readonly ttl?: Duration;
  /** For how long after the last publish the position is remembered. Default 30 days; at least `ttl`. */
  readonly positionTtl?: Duration;
}

/** What every channel may say. */
export interface ChannelOptions<D extends Delivery = Delivery> {
  /** Default `'fire'`. */
  readonly delivery?: D;
  /** Sharded pub/sub (SPUBLISH): on a cluster a message stays on its shard. Rules pattern subscriptions out. Default false. */
  readonly sharded?: boolean;
  /** `log` only. */
  readonly history?: History;
  /** `latest` only: for how long a value is retained. Default `'1d'`. */
  readonly retain?: Duration;
  /** `fire` and `log`: for how long the id of a publish (`once`) is remembered. Default `'5m'`. */
  readonly onceFor?: Duration;
}

/** Histories in numbers. */
export interface ResolvedHistory {
  readonly size: number;
  readonly ttlMs: number;
  readonly positionTtlMs: number;
}

/**
 * A kind of channel as a value: the template of its names, what messages look like, how they travel and what is promised.
 * Holds no connection; `createPubSub(driver).channel(definition)` gives the handle. `In` is what is published, `Out` what
 * arrives.
 */
export interface ChannelDefinition<
  T extends string = string,
  In = unknown,
  Out = In,
  D extends Delivery = Delivery,
> {
  readonly template: Template & { readonly text: T };
  readonly schema: StandardSchema<unknown, Out> | undefined;
  readonly codec: Codec<never>;
  readonly delivery: D;
  readonly sharded: boolean;
  readonly history: ResolvedHistory;
  readonly retainMs: number;
  readonly onceForMs: number;
  /** For the type checker only; never set. */
  readonly '~types'?: { readonly input: (input: In) => void; readonly output: Out };
}

/** A definition of whatever types. */
export type AnyDefinition = ChannelDefinition<string, never, unknown>;

/**
 * Defines channels: a template such as `'room:{room}:message'`, a synchronous Standard Schema or a codec (default JSON) for
 * their messages, and the delivery. Throws `InvalidArgumentError`.
 *
 * A schema is checked on both ends: what is published must fit and travels as it was given; what arrives is what the schema
 * makes of it.
 *
 * ```ts
 * const roomMessage = defineChannel('room:{room}:message', { schema: messageSchema, delivery: 'log' });
 * ```
 */
export function defineChannel<
  const T extends string,
  S extends StandardSchema,
  const D extends Delivery = 'fire',
>(
  template: T,
  options: ChannelOptions<D> & { readonly schema: S; readonly codec?: Codec },
): ChannelDefinition<T, InputOf<S>, OutputOf<S>, D>;
export function defineChannel<const T extends string, M, const D extends Delivery = 'fire'>(
  template: T,
  options: ChannelOptions<D> & { readonly codec: Codec<M>; readonly schema?: never },
): ChannelDefinition<T, M, M, D>;
export function defineChannel<const T extends string, const D extends Delivery = 'fire'>(
  template: T,
  options?: ChannelOptions<D> & { readonly codec?: never; readonly schema?: never },
): ChannelDefinition<T, unknown, unknown, D>;
export function defineChannel(
  template: string,
  options: ChannelOptions & { readonly schema?: StandardSchema; readonly codec?: Codec } = {},
): ChannelDefinition {
  checkObject('options', options);
  const { schema, codec = jsonCodec, delivery = 'fire', sharded = false, history, retain, onceFor } = options;
  if (schema !== undefined) checkSchema('schema', schema);
  checkCodec('codec', codec);
  if (delivery !== 'fire' && delivery !== 'latest' && delivery !== 'log') {
    throw new InvalidArgumentError('delivery', "must be 'fire', 'latest' or 'log'", delivery);
  }
  if (typeof sharded !== 'boolean') throw new InvalidArgumentError('sharded', 'must be a boolean', sharded);
  if (history !== undefined && delivery !== 'log') {
    throw new InvalidArgumentError('history', "is for the delivery 'log' only", history);
  }
  if (retain !== undefined && delivery !== 'latest') {
    throw new InvalidArgumentError('retain', "is for the delivery 'latest' only", retain);
  }
  if (onceFor !== undefined && delivery === 'latest') {
    throw new InvalidArgumentError('onceFor', "is for the deliveries 'fire' and 'log' only", onceFor);
  }
  return {
    template: parseTemplate(template),
    schema,
    codec: codec as Codec<never>,
    delivery,
    sharded,
    history: resolveHistory(history ?? {}),
    retainMs: durationMs(retain ?? '1d', 'retain', { minMs: 1 }),
    onceForMs: durationMs(onceFor ?? '5m', 'onceFor', { minMs: 1 }),
  };
}

function resolveHistory(history: History): ResolvedHistory {
  checkObject('history', history);
  const { size = 1000, ttl = '1h' } = history;
  if (!Number.isSafeInteger(size) || size < 1 || size > 1_000_000) {
    throw new InvalidArgumentError('history.size', 'must be a whole number of 1 to 1000000', size);
  }
  const ttlMs = durationMs(ttl, 'history.ttl', { minMs: 1 });
  const standardMs = 30 * 86_400_000;
  const positionTtlMs = durationMs(
    history.positionTtl ?? Math.max(ttlMs, standardMs),
    'history.positionTtl',
    {
      minMs: ttlMs,
    },
  );
  return { size, ttlMs, positionTtlMs };
}
