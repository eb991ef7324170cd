import { CodecError, type SchemaResult, unseal } from '@penknife/core';
import type { StreamDefinition } from '../definition.js';
import { PoisonError } from '../errors.js';
import type { TraceParent } from '../telemetry.js';
import type { Headers } from './encode-draft.js';
import { timeOfId } from './position.js';
import { fieldNames, fieldOf } from './raw-entry.js';
import { issuesOf, isThenable } from './schema-answer.js';
import { decodeTrace } from './trace-field.js';
import { shapeNow, upcast } from './upcast.js';

/** What every message tells beside its content. */
export interface MessageFacts {
  /** The entry's id in the log: unique, rising, `ms-seq`. */
  readonly id: string;
  /** The id its producer gave it, if any. */
  readonly messageId: string | undefined;
  /** What its order belongs to, if anything. */
  readonly key: string | undefined;
  readonly headers: Headers;
  /** Where its trace stands, if it has one. */
  readonly trace: TraceParent | undefined;
  /** When it was appended, in ms since 1970 by the clock of the server. */
  readonly appendedAtMs: number;
}

/** A message of a stream: its content, spread over the event names, and its facts. */
export type StreamMessage<Content> = Content extends unknown ? Content & MessageFacts : never;

/** A decoded entry, before its content has a type. */
export interface DecodedEntry extends MessageFacts {
  readonly event?: string;
  readonly data: unknown;
}

const noHeaders: Headers = Object.freeze({});
const utf8 = new TextDecoder('utf-8');

/**
 * Turns an entry into a message, or into the `PoisonError` that says why it is none: a value, for a foreign entry must
 * never end a loop. A promise only when the schema is asynchronous.
 */
export function decodeEntry(
  definition: StreamDefinition<never, unknown>,
  id: string,
  fields: readonly Uint8Array[],
): DecodedEntry | PoisonError | Promise<DecodedEntry | PoisonError> {
  const sealed = fieldOf(fields, fieldNames.data);
  const unsealed = sealed === undefined ? undefined : unseal(sealed);
  if (unsealed?.kind !== 'sealed') {
    return new PoisonError('foreign', id, 'was not written by this library, or by a newer version of it');
  }
  const { codec, schemas, name } = definition;
  if (unsealed.codecId !== codec.id) {
    return new PoisonError('codec', id, `is not written with the codec ${codec.name}`);
  }
  const event = textField(fields, fieldNames.event);
  const schema = schemas.kind === 'one' ? schemas.schema : schemas.schemas.get(event ?? '');
  if (schema === undefined) return new PoisonError('unknown-event', id, `holds no known event of ${name}`);
  let data: unknown;
  let result: SchemaResult<unknown> | Promise<SchemaResult<unknown>>;
  const named = schemas.kind === 'events' ? event : undefined;
  const shape = Number(textField(fields, fieldNames.shape) ?? 1);
  const shapeKnown = shapeNow(definition, named);
  if (!Number.isSafeInteger(shape) || shape < 1 || shape > shapeKnown) {
    return new PoisonError(
      'newer',
      id,
      `holds data of a version that is not known here (up to ${shapeKnown} is)`,
    );
  }
  try {
    data = codec.decode(unsealed.body);
  } catch (cause) {
    const detail = cause instanceof CodecError ? cause.message : 'its data cannot be decoded';
    return new PoisonError('codec', id, detail, cause);
  }
  const facts: Facts = {
    id,
    messageId: textField(fields, fieldNames.messageId),
    key: textField(fields, fieldNames.key),
    headers: decodeHeaders(fieldOf(fields, fieldNames.headers)),
    trace: decodeTrace(textField(fields, fieldNames.trace)),
    event: named,
  };
  try {
    result = schema['~standard'].validate(shape < shapeKnown ? upcast(definition, named, shape, data) : data);
  } catch (cause) {
    return new PoisonError('schema', id, 'its schema or an upcaster threw', cause);
  }
  if (!isThenable(result)) return conclude(facts, result);
  return Promise.resolve(result).then(
    (settled) => conclude(facts, settled),
    (cause) => new PoisonError('schema', id, 'its schema threw', cause),
  );
}

interface Facts {
  readonly id: string;
  readonly messageId: string | undefined;
  readonly key: string | undefined;
  readonly headers: Headers;
  readonly trace: TraceParent | undefined;
  readonly event: string | undefined;
}

function conclude(
  { id, messageId, key, headers, trace, event }: Facts,
  result: SchemaResult<unknown>,
): DecodedEntry | PoisonError {
  // A schema is the user's: what it must not do must not end a loop either.
  if (typeof result !== 'object' || result === null) {
    return new PoisonError('schema', id, 'its schema gave no result');
  }
  if (result.issues !== undefined) {
    const error = issuesOf('its data', result.issues);
    return new PoisonError('schema', id, error.message, error);
  }
  const data = result.value;
  const appendedAtMs = timeOfId(id);
  return event === undefined
    ? { id, data, messageId, key, headers, trace, appendedAtMs }
    : { id, event, data, messageId, key, headers, trace, appendedAtMs };
}

function textField(fields: readonly Uint8Array[], name: string): string | undefined {
  const value = fieldOf(fields, name);
  return value === undefined ? undefined : utf8.decode(value);
}

/** Headers are an extra: what is broken in them must not lose the message. */
function decodeHeaders(field: Uint8Array | undefined): Headers {
  if (field === undefined) return noHeaders;
  try {
    const parsed: unknown = JSON.parse(utf8.decode(field));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return noHeaders;
    const texts = Object.entries(parsed).filter(([, value]) => typeof value === 'string');
    return Object.freeze(Object.fromEntries(texts) as Record<string, string>);
  } catch {
    return noHeaders;
  }
}
