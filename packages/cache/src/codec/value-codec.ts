import { bytesCodec, type Codec, jsonCodec, seal, unseal } from '@penknife/core';
import { ValueTooLargeError } from '../errors.js';
import { isPlainJson, typedCodec } from './typed-codec.js';

/** Encodes values with a header that names the codec, and decodes what any of them wrote. */
export interface ValueCodec {
  /** Throws `CodecError` or `ValueTooLargeError`. */
  encode(value: unknown): Buffer;
  /** Undefined for bytes that are no value of ours: too large, foreign, of an unknown codec, or broken. */
  decode(data: Uint8Array): { readonly value: unknown } | undefined;
}

/** The codec of one cache: the one given for all values, or the fitting one of three for each. */
export function createValueCodec(codec: Codec<unknown> | undefined, maxValueBytes: number): ValueCodec {
  const known = new Map<string, Codec<unknown>>();
  for (const each of codec === undefined ? [jsonCodec, typedCodec] : [codec]) known.set(each.id, each);

  function sealed(value: unknown): string | Uint8Array {
    if (codec !== undefined) return seal(codec, value);
    if (value instanceof Uint8Array) return seal(bytesCodec, value);
    return seal(isPlainJson(value) ? jsonCodec : typedCodec, value);
  }

  return {
    encode(value) {
      const data = sealed(value);
      const bytes =
        typeof data === 'string'
          ? Buffer.from(data, 'utf8')
          : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      if (bytes.byteLength > maxValueBytes) throw new ValueTooLargeError(bytes.byteLength, maxValueBytes);
      return bytes;
    },
    decode(data) {
      if (data.byteLength > maxValueBytes) return undefined;
      const found = unseal(data);
      if (found.kind === 'foreign') return undefined;
      // A copy: the bytes belong to the connection's buffer.
      if (codec === undefined && found.codecId === bytesCodec.id)
        return { value: Uint8Array.from(found.body) };
      try {
        const value = known.get(found.codecId)?.decode(found.body);
        return value === undefined ? undefined : { value };
      } catch {
        return undefined;
      }
    },
  };
}
