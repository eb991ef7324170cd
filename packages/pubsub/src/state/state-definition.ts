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
import { type ChannelDefinition, defineChannel, type InputOf, type OutputOf } from '../definition.js';
import { type Change, changeCodec } from './change.js';

/** What a state may say. */
export interface StateOptions {
  /** For how long the entries are kept after the last change. Default `'1d'`. */
  readonly ttl?: Duration;
  /** How many changes are kept to recover from. Default 1000. */
  readonly historySize?: number;
  /** How many keys there may be at once, 1 to 10 000: a snapshot is read whole. Default 1000. */
  readonly limit?: number;
  /** Sharded pub/sub: on a cluster a change stays on its shard. Default false. */
  readonly sharded?: boolean;
}

/**
 * A keyed map that many processes see change, as a value: the template of its names, what its values look like, how they
 * travel. Holds no connection; `pubsub.state(definition)` gives the handle.
 */
export interface StateDefinition<T extends string = string, In = unknown, Out = In> {
  /** The `log` channel that its changes travel on. */
  readonly changes: ChannelDefinition<T, Change, Change, 'log'>;
  readonly schema: StandardSchema<unknown, Out> | undefined;
  readonly codec: Codec<never>;
  readonly limit: number;
  readonly ttlMs: number;
  /** For the type checker only; never set. */
  readonly '~types'?: { readonly input: (input: In) => void; readonly output: Out };
}

/** A definition of whatever types. */
export type AnyStateDefinition = StateDefinition<string, never, unknown>;

/**
 * Defines states, such as `'room:{room}:seats'`: each set of parameters is one map from keys to values, with compare-and-set,
 * snapshots, and changes in one order. A template that names a channel must not name a state too. Throws `InvalidArgumentError`.
 *
 * ```ts
 * const seats = defineState('room:{room}:seats', { schema: seatSchema });
 * await pubsub.state(seats).set({ room: '7' }, 'A1', { by: 'ada' }, { expect: 'absent' });
 * ```
 */
export function defineState<const T extends string, S extends StandardSchema>(
  template: T,
  options: StateOptions & { readonly schema: S; readonly codec?: Codec },
): StateDefinition<T, InputOf<S>, OutputOf<S>>;
export function defineState<const T extends string, M>(
  template: T,
  options: StateOptions & { readonly codec: Codec<M>; readonly schema?: never },
): StateDefinition<T, M, M>;
export function defineState<const T extends string>(
  template: T,
  options?: StateOptions & { readonly codec?: never; readonly schema?: never },
): StateDefinition<T, unknown, unknown>;
export function defineState(
  template: string,
  options: StateOptions & { readonly schema?: StandardSchema; readonly codec?: Codec } = {},
): StateDefinition {
  checkObject('options', options);
  const {
    schema,
    codec = jsonCodec,
    ttl = '1d',
    historySize = 1000,
    limit = 1000,
    sharded = false,
  } = options;
  if (schema !== undefined) checkSchema('schema', schema);
  checkCodec('codec', codec);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 10_000) {
    throw new InvalidArgumentError('limit', 'must be a whole number of 1 to 10000', limit);
  }
  const ttlMs = durationMs(ttl, 'ttl', { minMs: 1 });
  return {
    changes: defineChannel(template, {
      codec: changeCodec,
      delivery: 'log',
      sharded,
      // Head and entries end together: a position never outlives what it is a position of.
      history: { size: historySize, ttl: ttlMs, positionTtl: ttlMs },
    }),
    schema,
    codec: codec as Codec<never>,
    limit,
    ttlMs,
  };
}
