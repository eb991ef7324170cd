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
import { resolveUpcasters, type Upcasters } from './entry/upcast.js';
import { resolveLanes } from './lanes/resolve-lanes.js';

/** What a schema takes. */
export type InputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];
/** What a schema gives. */
export type OutputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

/** Schemas by event name. */
export type EventSchemas = Readonly<Record<string, StandardSchema>>;

/** What is appended to a stream of named events. */
export type EventDraft<E extends EventSchemas> = {
  [Name in keyof E & string]: { readonly event: Name; readonly data: InputOf<E[Name]> };
}[keyof E & string];

/** What is read from a stream of named events. */
export type EventContent<E extends EventSchemas> = {
  [Name in keyof E & string]: { readonly event: Name; readonly data: OutputOf<E[Name]> };
}[keyof E & string];

/** How long entries are kept. Trimming is approximate (`~`): a little more may stay, never less. */
export interface Retention {
  /** Keep about this many entries. */
  readonly maxLength?: number;
  /** Keep entries about this long, by the clock of the server. */
  readonly maxAge?: Duration;
}

/** What every stream may say. */
export interface StreamOptions {
  /** What bounds the log. `'forever'`: nothing does but you. Entries are trimmed whether they were consumed or not. */
  readonly retention: Retention | 'forever';
  /** How data travels. Default JSON. Entries name their codec, so it can be told when one does not fit. */
  readonly codec?: Codec;
  /** How long a message id is remembered. Default `'1h'`. */
  readonly dedupWindow?: Duration;
  /**
   * Splits the stream into so many logs of their own slots, 1 to 1024: messages of one key stay in order in one of them, and
   * the members of a group share them out. Stands for as long as the stream does. Default: one log, not split.
   */
  readonly partitions?: number;
  /**
   * Gives the stream lanes of priority, each a log of its own, with their weights from 1 to 1000: while all have something
   * to do, handlers are shared out by weight, so the lowest is served too. Not together with partitions.
   */
  readonly lanes?: Readonly<Record<string, number>>;
  /**
   * What makes older data fit the schema of now: for one schema a list, for events a list by event name. The first turns
   * version 1 into version 2, and so on; what is appended is of the last version. They run before validation.
   */
  readonly upcasters?: Upcasters | Readonly<Record<string, Upcasters>>;
}

/** Retention in numbers. */
export interface ResolvedRetention {
  readonly maxLength: number | undefined;
  readonly maxAgeMs: number | undefined;
}

/**
 * A stream as a value: its name, what its messages look like, how they travel and how long they stay. Holds no connection;
 * `createStreams(driver).open(definition)` gives the handle. `Draft` is what is appended, `Content` what is read.
 */
export interface StreamDefinition<Draft, Content> {
  readonly name: string;
  /** One schema for all messages, or one for each event name. */
  readonly schemas:
    | { readonly kind: 'one'; readonly schema: StandardSchema }
    | { readonly kind: 'events'; readonly schemas: ReadonlyMap<string, StandardSchema> };
  readonly codec: Codec;
  readonly retention: ResolvedRetention;
  readonly dedupWindowMs: number;
  /** By event name; under `''` those of the one schema. */
  readonly upcasters: ReadonlyMap<string, Upcasters>;
  /** How many partitions it has; undefined when it is not split. */
  readonly partitions?: number | undefined;
  /** Its lanes of priority and their weights, in the order given; undefined when it has none. */
  readonly lanes?: ReadonlyMap<string, number> | undefined;
  /** For the type checker only; never set. */
  readonly '~types'?: { readonly draft: (draft: Draft) => void; readonly content: Content };
}

/** A stream that is split into partitions. */
export interface PartitionedDefinition<Draft, Content> extends StreamDefinition<Draft, Content> {
  readonly partitions: number;
}

/** A stream with lanes of priority. */
export interface LanedDefinition<Draft, Content, Lane extends string>
  extends StreamDefinition<Draft, Content> {
  readonly lanes: ReadonlyMap<Lane, number>;
}

interface Split {
  readonly partitions: number;
  readonly lanes?: undefined;
}

interface Laned<Lane extends string> {
  readonly partitions?: undefined;
  readonly lanes: Readonly<Record<Lane, number>>;
}

interface Whole {
  readonly partitions?: undefined;
  readonly lanes?: undefined;
}

/**
 * Defines a stream, with one Standard Schema for all messages or one for each event name. Throws `InvalidArgumentError`.
 *
 * ```ts
 * const orders = defineStream('orders', {
 *   events: { placed: z.object({ total: z.number() }), cancelled: z.object({ reason: z.string() }) },
 *   retention: { maxLength: 1_000_000 },
 * });
 * ```
 */
export function defineStream<const E extends EventSchemas>(
  name: string,
  options: StreamOptions & Whole & { readonly events: E; readonly schema?: never },
): StreamDefinition<EventDraft<E>, EventContent<E>>;
export function defineStream<S extends StandardSchema>(
  name: string,
  options: StreamOptions & Whole & { readonly schema: S; readonly events?: never },
): StreamDefinition<{ readonly data: InputOf<S> }, { readonly data: OutputOf<S> }>;
export function defineStream<const E extends EventSchemas>(
  name: string,
  options: StreamOptions & Split & { readonly events: E; readonly schema?: never },
): PartitionedDefinition<EventDraft<E>, EventContent<E>>;
export function defineStream<S extends StandardSchema>(
  name: string,
  options: StreamOptions & Split & { readonly schema: S; readonly events?: never },
): PartitionedDefinition<{ readonly data: InputOf<S> }, { readonly data: OutputOf<S> }>;
export function defineStream<const E extends EventSchemas, Lane extends string>(
  name: string,
  options: StreamOptions & Laned<Lane> & { readonly events: E; readonly schema?: never },
): LanedDefinition<EventDraft<E>, EventContent<E>, Lane>;
export function defineStream<S extends StandardSchema, Lane extends string>(
  name: string,
  options: StreamOptions & Laned<Lane> & { readonly schema: S; readonly events?: never },
): LanedDefinition<{ readonly data: InputOf<S> }, { readonly data: OutputOf<S> }, Lane>;
export function defineStream(
  name: string,
  options: StreamOptions & { readonly schema?: StandardSchema; readonly events?: EventSchemas },
): PartitionedDefinition<unknown, never> & LanedDefinition<unknown, never, string> {
  if (typeof name !== 'string' || name.length === 0 || name.length > 100) {
    throw new InvalidArgumentError('stream name', 'must be a string of 1 to 100 characters', name);
  }
  if (/@\w+$/.test(name)) {
    throw new InvalidArgumentError(
      'stream name',
      'must not end in @ and a word: those are partitions and lanes',
      name,
    );
  }
  checkObject('options', options);
  const { schema, events, codec = jsonCodec, dedupWindow = '1h', partitions, lanes } = options;
  if (
    partitions !== undefined &&
    (!Number.isSafeInteger(partitions) || partitions < 1 || partitions > 1024)
  ) {
    throw new InvalidArgumentError('partitions', 'must be a whole number from 1 to 1024', partitions);
  }
  const definition: StreamDefinition<unknown, never> = {
    name,
    schemas: resolveSchemas(schema, events),
    codec: checkCodec('codec', codec),
    retention: resolveRetention(options.retention),
    dedupWindowMs: durationMs(dedupWindow, 'dedupWindow', { minMs: 1 }),
    upcasters: resolveUpcasters(options.upcasters, events && Object.keys(events)),
    partitions,
    lanes: resolveLanes(lanes, partitions),
  };
  // The overloads say which of them it is.
  return definition as PartitionedDefinition<unknown, never> & LanedDefinition<unknown, never, string>;
}

function resolveSchemas(
  schema: StandardSchema | undefined,
  events: EventSchemas | undefined,
): StreamDefinition<never, never>['schemas'] {
  if ((schema === undefined) === (events === undefined)) {
    throw new InvalidArgumentError('schema', 'must be given, or events, and not both', schema);
  }
  if (schema !== undefined) return { kind: 'one', schema: checkSchema('schema', schema) };
  checkObject('events', events);
  const entries = Object.entries(events ?? {});
  if (entries.length === 0) throw new InvalidArgumentError('events', 'must name at least one event', events);
  for (const [name, of] of entries) {
    if (name.length === 0 || name.length > 200) {
      throw new InvalidArgumentError('event name', 'must have 1 to 200 characters', name);
    }
    checkSchema(`schema of the event ${name}`, of);
  }
  return { kind: 'events', schemas: new Map(entries) };
}

function resolveRetention(retention: Retention | 'forever'): ResolvedRetention {
  if (retention === 'forever') return { maxLength: undefined, maxAgeMs: undefined };
  if (typeof retention !== 'object' || retention === null) {
    throw new InvalidArgumentError('retention', "must be { maxLength, maxAge } or 'forever'", retention);
  }
  const { maxLength, maxAge } = retention;
  if (maxLength === undefined && maxAge === undefined) {
    throw new InvalidArgumentError('retention', 'must say maxLength, maxAge or both', retention);
  }
  if (maxLength !== undefined && (!Number.isSafeInteger(maxLength) || maxLength < 1)) {
    throw new InvalidArgumentError('retention.maxLength', 'must be a whole number of at least 1', maxLength);
  }
  return {
    maxLength,
    maxAgeMs: maxAge === undefined ? undefined : durationMs(maxAge, 'retention.maxAge', { minMs: 1 }),
  };
}
