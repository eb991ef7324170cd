import {
  type Codec,
  type Duration,
  durationMs,
  InvalidArgumentError,
  jsonCodec,
  type StandardSchema,
} from '@penknife/core';

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
  /** How many partitions it has; undefined when it is not split. */
  readonly partitions?: number | undefined;
  /** For the type checker only; never set. */
  readonly '~types'?: { readonly draft: (draft: Draft) => void; readonly content: Content };
}

/** A stream that is split into partitions. */
export interface PartitionedDefinition<Draft, Content> extends StreamDefinition<Draft, Content> {
  readonly partitions: number;
}

interface Split {
  readonly partitions: number;
}

interface Whole {
  readonly partitions?: undefined;
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
export function defineStream(
  name: string,
  options: StreamOptions & { readonly schema?: StandardSchema; readonly events?: EventSchemas },
): PartitionedDefinition<unknown, never> {
  if (typeof name !== 'string' || name.length === 0 || name.length > 100) {
    throw new InvalidArgumentError('stream name', 'must be a string of 1 to 100 characters', name);
  }
  if (/#\d+$/.test(name)) {
    throw new InvalidArgumentError(
      'stream name',
      'must not end in # and a number: those are partitions',
      name,
    );
  }
  const { schema, events, codec = jsonCodec, dedupWindow = '1h', partitions } = options;
  if (
    partitions !== undefined &&
    (!Number.isSafeInteger(partitions) || partitions < 1 || partitions > 1024)
  ) {
    throw new InvalidArgumentError('partitions', 'must be a whole number from 1 to 1024', partitions);
  }
  const definition: StreamDefinition<unknown, never> = {
    name,
    schemas: resolveSchemas(schema, events),
    codec,
    retention: resolveRetention(options.retention),
    dedupWindowMs: durationMs(dedupWindow, 'dedupWindow', { minMs: 1 }),
    partitions,
  };
  // The overloads say which of the two it is.
  return definition as PartitionedDefinition<unknown, never>;
}

function resolveSchemas(
  schema: StandardSchema | undefined,
  events: EventSchemas | undefined,
): StreamDefinition<never, never>['schemas'] {
  if ((schema === undefined) === (events === undefined)) {
    throw new InvalidArgumentError('schema', 'must be given, or events, and not both', schema);
  }
  if (schema !== undefined) return { kind: 'one', schema: checkSchema('schema', schema) };
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

function checkSchema(argument: string, schema: StandardSchema): StandardSchema {
  if (typeof schema?.['~standard']?.validate !== 'function') {
    throw new InvalidArgumentError(argument, 'must be a Standard Schema (zod, valibot, arktype, …)', schema);
  }
  return schema;
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
