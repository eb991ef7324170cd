import {
  type Codec,
  CodecError,
  InvalidArgumentError,
  isPenknifeError,
  seal,
  unseal,
  validate,
} from '@penknife/core';
import type { ResolvedQueue } from './options.js';

/** The largest payload, encoded: a queue is no store. */
const mostBytes = 1_048_576;

type Format<T> = Pick<ResolvedQueue<T>, 'schema' | 'codec'>;

/** Checks and encodes what is added, at once where there is no schema. Ends with `SchemaError`, `CodecError` or `InvalidArgumentError`. */
export function encodePayload<T>(
  { schema, codec }: Format<T>,
  value: T,
): string | Uint8Array | Promise<string | Uint8Array> {
  if (schema === undefined) return sealWithin(codec, value);
  return validate(schema, value, 'the job').then((checked) => sealWithin(codec, checked));
}

function sealWithin<T>(codec: Codec<T>, value: T): string | Uint8Array {
  const sealed = seal(codec, value);
  const bytes = typeof sealed === 'string' ? Buffer.byteLength(sealed) : sealed.byteLength;
  if (bytes > mostBytes)
    throw new InvalidArgumentError('data', `must be at most ${mostBytes} bytes when encoded`, bytes);
  return sealed;
}

/** Decodes and checks what was taken, at once where there is no schema. Ends with `CodecError` or `SchemaError`. */
export function decodePayload<T>({ schema, codec }: Format<T>, payload: Uint8Array): T | Promise<T> {
  const unsealed = unseal(payload);
  if (unsealed.kind === 'foreign' || unsealed.codecId !== codec.id)
    throw new CodecError(codec.name, 'the payload was not written by this codec');
  const value = codec.decode(unsealed.body);
  return schema === undefined ? value : validate(schema, value, 'the job');
}

/** Whether a job can never be done, however often it is tried. */
export function isPoison(error: unknown): boolean {
  return error instanceof CodecError || (isPenknifeError(error) && error.code === 'SCHEMA');
}
