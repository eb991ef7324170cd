import { bytesCodec, type Codec, CodecError } from '@penknife/core';

/** One change of a state as it travels: `S` or `R`, the length of the key in bytes, `:`, the key, and the value's bytes. */
export interface Change {
  readonly kind: 'set' | 'remove';
  readonly key: string;
  readonly body: Uint8Array;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const longestLength = 6;

/** How changes travel. Its id is no other codec's, so a channel of messages is never taken for one of changes. */
export const changeCodec: Codec<Change> = {
  id: '~',
  name: 'state-change',
  encode({ kind, key, body }) {
    const name = Buffer.from(key, 'utf8');
    return Buffer.concat([Buffer.from(`${kind === 'set' ? 'S' : 'R'}${name.length}:`), name, body]);
  },
  decode(data) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const colon = bytes.indexOf(0x3a);
    const [mark] = bytes.toString('latin1', 0, 1);
    const length = Number(bytes.toString('latin1', 1, colon));
    const isSound =
      (mark === 'S' || mark === 'R') &&
      colon > 1 &&
      colon <= 1 + longestLength &&
      Number.isSafeInteger(length) &&
      colon + 1 + length <= bytes.length;
    if (!isSound) throw new CodecError('state-change', 'not a change');
    const end = colon + 1 + length;
    return {
      kind: mark === 'S' ? 'set' : 'remove',
      key: utf8.decode(bytes.subarray(colon + 1, end)),
      body: bytes.subarray(end),
    };
  },
};

/** A value's text or bytes, as bytes. */
export function bytesOf(encoded: string | Uint8Array): Uint8Array {
  return typeof encoded === 'string'
    ? Buffer.from(encoded, 'utf8')
    : (bytesCodec.encode(encoded) as Uint8Array);
}
