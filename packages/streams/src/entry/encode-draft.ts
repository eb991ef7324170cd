import { type Arg, checkObject, InvalidArgumentError, type StandardSchema, seal } from '@penknife/core';
import type { StreamDefinition } from '../definition.js';
import type { TraceParent } from '../telemetry.js';
import { fieldNames } from './raw-entry.js';
import { isThenable, refuseUnfit } from './schema-answer.js';
import { encodeTrace } from './trace-field.js';
import { shapeNow } from './upcast.js';

/** Text that travels with a message beside its data. */
export type Headers = Readonly<Record<string, string>>;

/** What every draft may say beside its content. */
export interface DraftOptions {
  /** Names the message: appended twice within the dedup window it is stored once. At most 500 characters. */
  readonly id?: string;
  readonly headers?: Headers;
  /** Messages of one key are handled in order by groups that consume with `order: 'key'`. At most 500 characters. */
  readonly key?: string;
  /** Where its trace stands. Default: that of `telemetry`, if there is any. */
  readonly trace?: TraceParent;
}

/** A draft checked and turned into what XADD takes. */
export interface EncodedDraft {
  readonly messageId: string | undefined;
  readonly fields: readonly Arg[];
  /** It says where its trace stands. */
  readonly hasTrace: boolean;
}

/** The same, in this trace, if there is one and it has none of its own. */
export function travelsIn(encoded: EncodedDraft, travelling: TraceParent | undefined): EncodedDraft {
  if (encoded.hasTrace || travelling === undefined) return encoded;
  const fields = [...encoded.fields, fieldNames.trace, encodeTrace(travelling)];
  return { ...encoded, fields, hasTrace: true };
}

/** Validates a draft and encodes it. Rejects with `SchemaError`, `CodecError` or `InvalidArgumentError`; nothing was sent then. */
export async function encodeDraft(
  definition: StreamDefinition<never, unknown>,
  draft: DraftOptions & { readonly event?: string; readonly data: unknown },
  travelling?: TraceParent,
): Promise<EncodedDraft> {
  checkObject('message', draft);
  const { event, data, id, headers, key, trace = travelling } = draft;
  const schema = schemaFor(definition, event);
  const result = schema['~standard'].validate(data);
  refuseUnfit(subject(definition.name, event), isThenable(result) ? await result : result);
  const fields: Arg[] = [];
  if (event !== undefined) fields.push(fieldNames.event, event);
  // What was given travels, not what the schema made of it: the reader validates again and gets the output.
  fields.push(fieldNames.data, seal(definition.codec, data));
  const shape = shapeNow(definition, event);
  if (shape > 1) fields.push(fieldNames.shape, shape);
  if (headers !== undefined) fields.push(fieldNames.headers, encodeHeaders(headers));
  if (id !== undefined) fields.push(fieldNames.messageId, checkText('id', id));
  if (key !== undefined) fields.push(fieldNames.key, checkText('key', key));
  if (trace !== undefined) fields.push(fieldNames.trace, encodeTrace(trace));
  return { messageId: id, fields, hasTrace: trace !== undefined };
}

function schemaFor(definition: StreamDefinition<never, unknown>, event: string | undefined): StandardSchema {
  const { schemas } = definition;
  if (schemas.kind === 'one') {
    if (event === undefined) return schemas.schema;
    throw new InvalidArgumentError('event', `must be absent: ${definition.name} has one schema`, event);
  }
  const schema = event === undefined ? undefined : schemas.schemas.get(event);
  if (schema === undefined) {
    const names = [...schemas.schemas.keys()].slice(0, 10).join(', ');
    throw new InvalidArgumentError('event', `must be an event of ${definition.name} (${names})`, event);
  }
  return schema;
}

function subject(stream: string, event: string | undefined): string {
  return event === undefined ? `a message of ${stream}` : `an event ${event} of ${stream}`;
}

function checkText(argument: string, text: string): string {
  if (typeof text !== 'string' || text.length === 0 || text.length > 500) {
    throw new InvalidArgumentError(argument, 'must be a string of 1 to 500 characters', text);
  }
  return text;
}

function encodeHeaders(headers: Headers): string {
  checkObject('headers', headers);
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string')
      throw new InvalidArgumentError(`header ${name}`, 'must be a string', value);
  }
  return JSON.stringify(headers);
}
