import { reportListenerError } from '@penknife/core';
import { validateNow } from '../frame/validate-now.js';
import { bytesOf } from '../state/change.js';
import type { MessageShape } from './request-definition.js';

type ResolvedShape<M> = MessageShape<M> & Required<Pick<MessageShape<M>, 'codec'>>;

/** The bytes of a request or an answer. Throws `SchemaError` or `CodecError`. */
export function writeBody<M>({ codec, schema }: ResolvedShape<M>, value: M, subject: string): Uint8Array {
  if (schema !== undefined) validateNow(schema, value, subject);
  return bytesOf(codec.encode(value));
}

/** What codec and schema make of a body; undefined when they refuse it, which is reported. */
export function readBody<M>(
  { codec, schema }: ResolvedShape<M>,
  body: Uint8Array,
  subject: string,
): { readonly value: M } | undefined {
  try {
    const value = codec.decode(body);
    return { value: schema === undefined ? value : validateNow(schema, value, subject) };
  } catch (error) {
    reportListenerError(error);
    return undefined;
  }
}
