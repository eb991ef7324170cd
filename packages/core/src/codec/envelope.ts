import type { Codec } from './codec.js';
import { CodecError } from './codec-error.js';

/** First byte of every envelope: a control character, so no JSON document and no ordinary text starts with it. */
const mark = 0x01;
const version = 0x31;

/** Puts the three-byte header (mark, version `1`, codec id) before an encoded value. Text stays text, bytes stay bytes. Throws `CodecError`. */
export function seal<T>(codec: Codec<T>, value: T): string | Uint8Array {
  const body = codec.encode(value);
  if (typeof body === 'string') return `\u00011${codec.id}${body}`;
  if (!(body instanceof Uint8Array)) throw new CodecError(codec.name, 'encode must give a string or bytes');
  const sealed = new Uint8Array(body.byteLength + 3);
  sealed[0] = mark;
  sealed[1] = version;
  sealed[2] = codec.id.charCodeAt(0);
  sealed.set(body, 3);
  return sealed;
}

/** What `unseal` found: the codec's id and the body, or that the bytes are not one of our envelopes. */
export type Unsealed =
  | { readonly kind: 'sealed'; readonly codecId: string; readonly body: Uint8Array }
  | { readonly kind: 'foreign' };

/** Takes the header off. Bytes written by somebody else, or by a newer version, are `foreign`: a value, not an exception. */
export function unseal(data: Uint8Array): Unsealed {
  if (data.byteLength < 3 || data[0] !== mark || data[1] !== version) return { kind: 'foreign' };
  return { kind: 'sealed', codecId: String.fromCharCode(data[2] ?? 0), body: data.subarray(3) };
}
