import { isUtf8 } from 'node:buffer';
import {
  bytesCodec,
  type Codec,
  CodecError,
  InvalidArgumentError,
  isPenknifeError,
  jsonCodec,
  SchemaError,
  type StandardSchema,
  seal,
  unseal,
} from '@penknife/core';
import { ValueTooLargeError } from '../errors.js';
import { type Compressor, knownCompressors } from './compression.js';
import { isPlainJson, typedCodec } from './typed-codec.js';

/** A value, and how many bytes it took before it was compressed. */
export interface Decoded {
  readonly value: unknown;
  readonly bytes: number;
}

/** Encodes values with a header that names the codec, and decodes what any of them wrote. */
export interface ValueCodec {
  /** Throws `SchemaError`, `CodecError` or `ValueTooLargeError`. */
  encode(value: unknown): Uint8Array;
  /** Undefined for bytes that are no value of ours: too large, foreign, of an unknown codec, broken, or against the schema. */
  decode(data: Uint8Array): Decoded | undefined;
}

/** What a codec of values is made of. */
export interface ValueCodecOptions {
  /** For all values; undefined: the fitting one of three for each. */
  readonly codec: Codec<unknown> | undefined;
  /** Largest encoded value, before it is compressed. */
  readonly maxValueBytes: number;
  readonly compressor: Compressor | undefined;
  readonly compressAboveBytes: number;
  readonly schema: StandardSchema | undefined;
}

/** Mark, version and id, as every envelope begins. */
const envelope = '\u00011';
const jsonId = jsonCodec.id.charCodeAt(0);
/** The longest a length can be written. */
const longestLength = 5;

/** The codec of one cache. A compressed value is an envelope around the envelope it would have had. */
export function createValueCodec(options: ValueCodecOptions): ValueCodec {
  const { codec, maxValueBytes, compressor, compressAboveBytes, schema } = options;
  const codecs = new Map<string, Codec<unknown>>();
  for (const each of codec === undefined ? [jsonCodec, typedCodec] : [codec]) codecs.set(each.id, each);
  const compressors = new Map<string, Compressor>();
  for (const each of knownCompressors) compressors.set(each.id, each);
  if (compressor !== undefined) compressors.set(compressor.id, compressor);

  const jsonIsPlain = codec === undefined && schema === undefined;

  function sealed(value: unknown): string | Uint8Array {
    if (codec !== undefined) return seal(codec, value);
    if (value instanceof Uint8Array) return seal(bytesCodec, value);
    return seal(isPlainJson(value) ? jsonCodec : typedCodec, value);
  }

  function opened(data: Uint8Array): { readonly value: unknown } | undefined {
    const found = unseal(data);
    if (found.kind === 'foreign') return undefined;
    // A copy: the bytes belong to the connection's buffer.
    if (codec === undefined && found.codecId === bytesCodec.id) return { value: Uint8Array.from(found.body) };
    const value = codecs.get(found.codecId)?.decode(found.body);
    return value === undefined ? undefined : { value };
  }

  function inflated(data: Uint8Array): Uint8Array | undefined {
    const found = unseal(data);
    const known = found.kind === 'sealed' ? compressors.get(found.codecId) : undefined;
    if (found.kind === 'foreign' || known === undefined) return data;
    const { length, at } = readLength(found.body);
    // What it says it becomes is checked before anything is inflated, and what it became after.
    if (length > maxValueBytes) return undefined;
    const inner = known.decompress(found.body.subarray(at), length);
    return inner.byteLength === length ? inner : undefined;
  }

  function encoded(value: unknown): Uint8Array {
    if (schema !== undefined) {
      const issues = issuesOf(schema, value);
      if (issues !== undefined) throw new SchemaError('the value', issues);
    }
    const data = sealed(value);
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    if (bytes.byteLength > maxValueBytes) throw new ValueTooLargeError(bytes.byteLength, maxValueBytes);
    if (compressor === undefined || bytes.byteLength <= compressAboveBytes) return bytes;
    const smaller = compressed(compressor, bytes);
    return smaller.byteLength < bytes.byteLength ? smaller : bytes;
  }

  return {
    encode(value) {
      try {
        return encoded(value);
      } catch (cause) {
        if (isPenknifeError(cause)) throw cause;
        // A getter, a proxy, somebody else's codec or schema.
        throw new CodecError('cache', 'the value cannot be encoded', { cause });
      }
    },
    decode(data) {
      if (data.byteLength > maxValueBytes) return undefined;
      try {
        // The short way of nearly every value: plain JSON, no schema.
        if (jsonIsPlain && startsAsJson(data))
          return isUtf8(data) ? { value: parseJson(data), bytes: data.byteLength } : undefined;
        const inner = inflated(data);
        const found = inner && opened(inner);
        if (inner === undefined || found === undefined) return undefined;
        const { value } = found;
        if (schema !== undefined && issuesOf(schema, value) !== undefined) return undefined;
        return { value, bytes: inner.byteLength };
      } catch (error) {
        if (error instanceof InvalidArgumentError) throw error;
        return undefined;
      }
    },
  };
}

function compressed(compressor: Compressor, bytes: Uint8Array): Uint8Array {
  const head = [...Buffer.from(envelope, 'latin1'), compressor.id.charCodeAt(0)];
  let left = bytes.byteLength;
  while (left >= 128) {
    head.push((left % 128) | 128);
    left = Math.floor(left / 128);
  }
  head.push(left);
  return Buffer.concat([Uint8Array.from(head), compressor.compress(bytes)]);
}

function startsAsJson(data: Uint8Array): boolean {
  return data[0] === 1 && data[1] === 0x31 && data[2] === jsonId;
}

function parseJson(data: Uint8Array): unknown {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return JSON.parse(bytes.toString('utf8', envelope.length + 1));
}

function readLength(body: Uint8Array): { readonly length: number; readonly at: number } {
  let length = 0;
  for (let at = 0, weight = 1; at < longestLength; weight *= 128) {
    const byte = body[at++];
    if (byte === undefined) break;
    length += (byte & 127) * weight;
    if (byte < 128) return { length, at };
  }
  return { length: Number.POSITIVE_INFINITY, at: 0 };
}

function issuesOf(schema: StandardSchema, value: unknown) {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    throw new InvalidArgumentError('schema', 'must answer at once, not with a promise', schema);
  }
  return result.issues;
}
